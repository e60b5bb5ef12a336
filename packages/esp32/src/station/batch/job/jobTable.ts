import { isJsonObject, parseJsonObject } from '@mkiot/core/json/jsonObject';
import { decodeText } from '../../../bytes/decodeText.ts';
import { plainCell } from '../../../csv/csvLine.ts';
import { csvRows } from '../../../csv/csvRows.ts';
import { batchError } from '../batchErrors.ts';

/** A row of a job as it was written. */
export interface TableRow {
  /** For people: `line 3` or `unit 2`. */
  readonly place: string;
  readonly line: number;
  /** In their order; a name can be there twice. */
  readonly cells: readonly (readonly [column: string, text: string])[];
}

/** A job as it was written. */
export interface JobTable {
  /** What a job says for all units: options of the command by their names. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly rows: readonly TableRow[];
}

/**
 * Reads a job: a CSV with a heading, or JSON with `units`, objects with the same names, and `options`.
 *
 * @param source the name of the file, for errors
 * @throws `BATCH_JOB_INVALID`, `BATCH_ROW_INVALID`, and as `csvRows`; none holds a cell
 */
export function parseJobTable(bytes: Uint8Array, source: string): JobTable {
  const text = decodeText(bytes);
  const isJson = typeof text === 'string' && /^\s*\{/.test(text);
  const table = isJson ? parseJson(text, source) : { options: {}, rows: parseCsv(bytes, source) };
  if (table.rows.length === 0) throw batchError('BATCH_JOB_INVALID', { source, reason: 'it has no units' });
  return table;
}

function parseCsv(bytes: Uint8Array, source: string): readonly TableRow[] {
  const [heading, ...rows] = csvRows(bytes).filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const columns = heading?.cells.map((cell) => cell.trim()) ?? [];
  if (columns.length === 1 && columns[0]?.includes(';') === true) {
    const reason = 'its columns are separated by semicolons: save it with commas';
    throw batchError('BATCH_JOB_INVALID', { source, reason });
  }
  return rows.map(({ line, cells }) => {
    const place = `line ${line}`;
    if (cells.length !== columns.length) {
      const reason = `it has ${cells.length} cells, and the heading has ${columns.length}`;
      throw batchError('BATCH_ROW_INVALID', { source, place, reason });
    }
    return { place, line, cells: columns.map((column, at) => [column, plainCell(cells[at] ?? '')] as const) };
  });
}

function parseJson(text: string, source: string): JobTable {
  const job = parseJsonObject(text);
  if (job === undefined)
    throw batchError('BATCH_JOB_INVALID', { source, reason: 'it is neither CSV nor a JSON object' });
  const { units, options = {}, ...others } = job;
  const [other] = Object.keys(others);
  if (other !== undefined || !Array.isArray(units) || !isJsonObject(options)) {
    const reason = 'it has to be {"options": {…}, "units": [{…}, …]} and nothing else';
    throw batchError('BATCH_JOB_INVALID', { source, reason });
  }
  return { options, rows: units.map((unit: unknown, at) => unitRow(unit, at + 1, source)) };
}

function unitRow(unit: unknown, line: number, source: string): TableRow {
  const place = `unit ${line}`;
  const cells = isJsonObject(unit) ? Object.entries(unit) : [];
  const isFit =
    cells.length > 0 && cells.every(([, value]) => typeof value === 'string' || Number.isSafeInteger(value));
  if (!isFit) {
    const reason =
      'a unit is an object whose members are texts and whole numbers up to 2^53; write a longer number as a text';
    throw batchError('BATCH_ROW_INVALID', { source, place, reason });
  }
  return { place, line, cells: cells.map(([column, value]) => [column, String(value)] as const) };
}
