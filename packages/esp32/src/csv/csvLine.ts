/** A spreadsheet takes a cell that begins so for a formula, some also with the wide characters (OWASP, "CSV Injection"). */
const FORMULA = /^'*(?:\s*[=+\-@＝＋－＠]|\t)/;

/**
 * One line of a CSV, with its end. A cell that a spreadsheet would compute gets an apostrophe before it, which makes it text;
 * what would begin a new line becomes a blank, so that a line of the file is a row.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

/** The cell that {@link csvLine} was given, without the apostrophe. */
export function plainCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

function csvCell(cell: string): string {
  const text = cell.replaceAll(/[\n\r\u2028\u2029]+/g, ' ');
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",#]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
