import { buildNvs, type NvsRow } from '../../../nvs/buildNvs.ts';
import { nvsRows } from '../../../nvs/parseNvsCsv.ts';
import { batchError } from '../batchErrors.ts';
import type { TableRow } from './jobTable.ts';
import type { ConfigEntry } from './manufacturingConfig.ts';

/** Large enough for what anybody gives to a unit: whether it fits its partition is seen with the firmware. */
const TRIAL_BYTES = 0x100000;

type NvsCells = readonly [key: string, type: string, encoding: string, value: string];

/**
 * The values of a unit as they are to lie in NVS: of columns `namespace:key` (a text) and `namespace:key:encoding`, or of those
 * that a configuration of the manufacturing utility names.
 *
 * @param first row of the job, whose values are those of all where the configuration says `REPEAT`
 * @throws as `nvsRows` and `buildNvs`, and `BATCH_CONFIG_KEY`
 */
export async function unitValues(
  row: TableRow,
  first: TableRow,
  config: readonly ConfigEntry[] | undefined,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<readonly NvsRow[]> {
  const cells = config === undefined ? namedValues(row) : configuredValues(row, first, config);
  const rows = await nvsRows(
    cells.map((each) => ({ line: row.line, cells: each })),
    readFile,
  );
  buildNvs(rows, TRIAL_BYTES);
  return rows;
}

/** A cell that is empty gives the unit no value. */
function namedValues({ cells }: TableRow): readonly NvsCells[] {
  const namespaces = new Map<string, NvsCells[]>();
  for (const [column, value] of cells) {
    const [namespace = '', key, encoding = 'string'] = column.split(':').map((part) => part.trim());
    if (key === undefined || value === '') continue;
    const rows = namespaces.get(namespace) ?? [[namespace, 'namespace', '', '']];
    namespaces.set(namespace, [...rows, [key, 'data', encoding, value]]);
  }
  return [...namespaces.values()].flat();
}

/** The utility wants its keys in their order; between them may be columns that are none. */
function configuredValues(row: TableRow, first: TableRow, config: readonly ConfigEntry[]): readonly NvsCells[] {
  let at = 0;
  return config.map((entry): NvsCells => {
    if ('namespace' in entry) return [entry.namespace, 'namespace', '', ''];
    while (at < row.cells.length && row.cells[at]?.[0] !== entry.key) at++;
    const value = (entry.repeats ? first : row).cells[at]?.[1];
    if (value === undefined) throw batchError('BATCH_CONFIG_KEY', { key: entry.key });
    at++;
    return [entry.key, entry.type, entry.encoding, value];
  });
}
