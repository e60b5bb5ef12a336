import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { type CsvRow, csvRows } from '../csv/csvRows.ts';
import type { NvsRow } from './buildNvs.ts';
import { nvsCsvValue } from './nvsCsvValue.ts';
import { nvsError } from './nvsErrors.ts';
import { WifiRows } from './nvsWifi.ts';

const COLUMNS = ['key', 'type', 'encoding', 'value'];

/**
 * Reads the CSV of nvs_partition_gen: `key,type,encoding,value`, where the type is `namespace`, `data`, or `file` for a value
 * that lies in the file which is named.
 *
 * @param readFile gives the contents of a file by the path in the CSV
 * @throws an {@link nvsError} with the line
 */
export async function parseNvsCsv(
  csv: Uint8Array,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<readonly NvsRow[]> {
  const [head, ...rows] = csvRows(csv);
  const found = head?.cells.map((cell) => cell.trim()).join(',') ?? '';
  if (found !== COLUMNS.join(',')) throw nvsError('NVS_CSV_HEADER', { found: found.slice(0, 60) });
  return nvsRows(rows, readFile);
}

/** The values that rows of such a CSV stand for, in which nothing is left out. @throws as {@link parseNvsCsv} */
export async function nvsRows(
  rows: readonly CsvRow[],
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<readonly NvsRow[]> {
  const wifi = new WifiRows();
  const parsed: NvsRow[] = [];
  for (const row of rows) parsed.push(...(await parseRow(row, readFile, wifi)));
  return parsed;
}

async function parseRow(
  { line, cells }: CsvRow,
  readFile: (path: string) => Promise<Uint8Array>,
  wifi: WifiRows,
): Promise<readonly NvsRow[]> {
  const [key = '', type = '', encoding = '', value] = cells;
  if (type === 'namespace' && cells.length <= COLUMNS.length) return [{ namespace: key }];
  if (value === undefined || cells.length > COLUMNS.length) {
    throw nvsError('NVS_CSV_CELLS', { line, found: cells.length });
  }
  if (type !== 'data' && type !== 'file') throw nvsError('NVS_CSV_TYPE', { line, found: type });
  const contents = type === 'data' ? utf8Encode(value) : await readFile(value);
  const row = { key, ...nvsCsvValue({ line, encoding, value: contents }) };
  return type === 'data' ? wifi.around(row, value) : [row];
}
