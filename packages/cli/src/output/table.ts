import { printable } from './printable.ts';

/** A column of a table: its title and the text of one row's cell. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => string>>;

const GAP = '  ';

/**
 * Lines of a table no wider than `width`. The first column is never cut, because it is what the next command is given;
 * the widest of the others give way, and a cut cell ends in an ellipsis.
 */
export function tableLines<Row>(rows: readonly Row[], columns: Columns<Row>, width: number): string[] {
  const titles = Object.keys(columns);
  const cells = rows.map((row) => Object.values(columns).map((cell) => printable(cell(row))));
  const natural = titles.map((title, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const widths = shrink(natural, width - GAP.length * (titles.length - 1));
  return [titles.map((title) => title.toUpperCase()), ...cells].map((line) =>
    line
      .map((cell, index) => fit(cell, widths[index] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

const SMALLEST = 4;

/** Takes characters from the widest column but the first, one at a time, until the sum fits. */
function shrink(natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, one) => sum + one, 0) - available;
  for (; excess > 0; excess--) {
    const widest = Math.max(...widths.slice(1));
    if (widest <= SMALLEST) break;
    const index = widths.indexOf(widest, 1);
    widths[index] = widest - 1;
  }
  return widths;
}

function fit(cell: string, width: number): string {
  return cell.length <= width ? cell.padEnd(width) : `${cell.slice(0, width - 1)}…`;
}
