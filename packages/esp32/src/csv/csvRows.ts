import { decodeText } from '../bytes/decodeText.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { csvError } from './csvErrors.ts';

/** Cells of one row of a CSV, and the line of the file on which it begins. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Rows of a CSV as Python's `csv` reads them: a cell that begins with a quotation mark goes on to the next one, over commas
 * and lines, and a doubled mark is one. Lines that begin with # are left out first, and empty ones.
 *
 * @throws `CSV_TEXT`, `CSV_QUOTE`
 */
export function csvRows(csv: Uint8Array): readonly CsvRow[] {
  const text = decodeText(csv);
  if (typeof text === 'number') throw csvError('CSV_TEXT', { offset: toHexOffset(text) });
  const lines = [...text.replaceAll(/\r\n?/g, '\n').split('\n').entries()];
  const kept = lines.filter(([, content]) => !content.startsWith('#'));
  const joined = kept.map(([, content]) => content).join('\n');
  const rows: CsvRow[] = [];
  for (let at = 0, line = 0; at < joined.length; at++) {
    const row = readRow(joined, at, (kept[line]?.[0] ?? 0) + 1);
    if (row.cells.length > 1 || row.cells[0] !== '') rows.push(row);
    for (let next = joined.indexOf('\n', at); next !== -1 && next <= row.end; next = joined.indexOf('\n', next + 1))
      line++;
    at = row.end;
  }
  return rows;
}

/** @returns `end`: the offset of the line's end behind the row */
function readRow(text: string, start: number, line: number): CsvRow & { readonly end: number } {
  const cells: string[] = [];
  for (let at = start; ; at++) {
    let cell = '';
    for (let isFirst = true; text[at] === '"' && (isFirst || text[at - 1] === '"'); isFirst = false) {
      const close = text.indexOf('"', at + 1);
      if (close === -1) throw csvError('CSV_QUOTE', { line });
      cell += isFirst ? text.slice(at + 1, close) : text.slice(at, close);
      at = close + 1;
    }
    const end = endOfCell(text, at);
    cells.push(cell + text.slice(at, end));
    at = end;
    if (text[at] !== ',') return { line, cells, end: at };
  }
}

function endOfCell(text: string, at: number): number {
  for (; at < text.length; at++) if (text[at] === ',' || text[at] === '\n') return at;
  return at;
}
