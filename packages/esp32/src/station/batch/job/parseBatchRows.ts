import { isResourceId } from '@mkiot/core/contract/ids';
import { LIMITS } from '@mkiot/core/contract/limits';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { isMac } from '@mkiot/core/provisioning/mac';
import { parseSecureCertCsv } from '../../../secureCert/parseSecureCertCsv.ts';
import { batchError } from '../batchErrors.ts';
import type { BatchRow } from '../batchRow.ts';
import { fillPattern } from './fillPattern.ts';
import type { TableRow } from './jobTable.ts';
import type { ConfigEntry } from './manufacturingConfig.ts';
import { unitValues } from './unitValues.ts';

export interface JobFiles {
  /** The contents of a file that a cell names. */
  readonly read: (path: string) => Promise<Uint8Array>;
  /** The same for a file that another one names, beside which it lies. */
  readonly readBeside: (path: string, beside: string) => Promise<Uint8Array>;
}

export interface JobReading {
  /** The name of the job's file, for errors. */
  readonly source: string;
  readonly files: JobFiles;
  /** What the columns are, when they were made for the manufacturing utility. */
  readonly config?: readonly ConfigEntry[] | undefined;
  /** The device id of each unit: `pump-{id}` takes the cell of the column `id`. */
  readonly device?: string | undefined;
}

/** Columns that are no values of the unit. */
const OWN_COLUMNS = ['device', 'mac', 'keys', 'count', 'esp_secure_cert'] as const;

const MAX_COUNT = 100_000;

/**
 * Reads what each unit of a job is to become. A row with `count` stands for so many units, in whose cells `{number}` is 1 and so on.
 *
 * @throws `BATCH_…` with the line or unit, and what the parts of it throw; none holds a value
 */
export async function parseBatchRows(written: readonly TableRow[], reading: JobReading): Promise<readonly BatchRow[]> {
  const all = written.flatMap((row) => counted(row, reading));
  const rows: BatchRow[] = [];
  for (const row of all) rows.push(await explained(row, reading, () => batchRow(row, all[0] ?? row, reading)));
  checkUnique(rows, all, reading.source);
  return rows;
}

function counted(row: TableRow, { source }: JobReading): readonly TableRow[] {
  const text = cellOf(row, 'count');
  if (text === '') return [row];
  const count = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MAX_COUNT) {
    const reason = `count has to be a number from 1 to ${MAX_COUNT}`;
    throw batchError('BATCH_ROW_INVALID', { source, place: row.place, reason });
  }
  return Array.from({ length: count }, (_, at) => {
    const number = (name: string): string | undefined => (name === 'number' ? String(at + 1) : undefined);
    return { ...row, cells: row.cells.map(([column, cell]) => [column, fillPattern(cell, number)] as const) };
  });
}

async function batchRow(row: TableRow, first: TableRow, reading: JobReading): Promise<BatchRow> {
  const { config, files, source } = reading;
  const unfit = (reason: string): Error => batchError('BATCH_ROW_INVALID', { source, place: row.place, reason });
  if (config === undefined) checkColumns(row, reading);
  const device = deviceOf(row, reading);
  if (!isResourceId(device))
    throw unfit('a device id begins with a letter and has 3 to 255 of a-z A-Z 0-9 - . _ + ~ %');
  const mac = cellOf(row, 'mac').toLowerCase().replaceAll('-', ':');
  if (mac !== '' && !isMac(mac)) throw unfit('mac has to be the address of one board, such as 24:0a:c4:12:34:56');
  const keys = cellOf(row, 'keys');
  const { credentialsPerDevice: most } = LIMITS;
  if (keys !== '' && !(Number(keys) >= 1 && Number(keys) <= most && /^\d$/.test(keys))) {
    throw unfit(`keys has to be a number from 1 to ${most}`);
  }
  const certificates = cellOf(row, 'esp_secure_cert');
  return {
    device,
    mac: mac === '' ? undefined : mac,
    keyCount: keys === '' ? undefined : Number(keys),
    nvs: await unitValues(row, first, config, files.read),
    secureCert: certificates === '' ? [] : await secureCertOf(certificates, files),
  };
}

async function secureCertOf(path: string, { read, readBeside }: JobFiles): Promise<BatchRow['secureCert']> {
  return parseSecureCertCsv(await read(path), (named) => readBeside(named, path));
}

function deviceOf(row: TableRow, { device: pattern, source }: JobReading): string {
  if (pattern === undefined) return cellOf(row, 'device');
  const device = fillPattern(pattern, (column) => row.cells.find(([name]) => name === column)?.[1].trim());
  if (!device.includes('{')) return device;
  const reason = `"${pattern}" names a column that it does not have`;
  throw batchError('BATCH_ROW_INVALID', { source, place: row.place, reason });
}

function checkColumns({ cells }: TableRow, { source, device = '' }: JobReading): void {
  const known: readonly string[] = OWN_COLUMNS;
  const isKnown = (column: string): boolean =>
    known.includes(column) || column.includes(':') || device.includes(`{${column}}`) || device.includes(`{${column}:`);
  const [other] = cells.find(([column]) => !isKnown(column)) ?? [];
  if (other === undefined) return;
  throw batchError('BATCH_COLUMN_UNKNOWN', { source, column: other.slice(0, 40), known: known.join(', ') });
}

/** Errors of what a row is made of know nothing of the row. */
async function explained<Value>(
  { place }: TableRow,
  { source }: JobReading,
  read: () => Promise<Value>,
): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof MkiotError) || error.code.startsWith('BATCH_')) throw error;
    throw batchError('BATCH_ROW_INVALID', { source, place, reason: error.message.replace(/\.$/, '') }, error);
  }
}

function checkUnique(rows: readonly BatchRow[], written: readonly TableRow[], source: string): void {
  const seen = new Map<string, string>();
  for (const [at, { device, mac }] of rows.entries()) {
    const place = written[at]?.place ?? '';
    for (const name of [device, ...(mac === undefined ? [] : [mac])]) {
      const before = seen.get(name);
      if (before === undefined) seen.set(name, place);
      else throw batchError('BATCH_ROW_INVALID', { source, place, reason: `${name} is in ${before} already` });
    }
  }
}

function cellOf({ cells }: TableRow, column: (typeof OWN_COLUMNS)[number]): string {
  return cells.find(([name]) => name === column)?.[1].trim() ?? '';
}
