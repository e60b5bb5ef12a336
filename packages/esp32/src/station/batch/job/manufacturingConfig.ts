// ESP-IDF, "Manufacturing Utility" (tools/mass_mfg).
import { csvRows } from '../../../csv/csvRows.ts';
import { batchError } from '../batchErrors.ts';

/** A value that each unit has, or a namespace that begins. */
export type ConfigEntry = { readonly namespace: string } | ConfigKey;

export interface ConfigKey {
  readonly key: string;
  readonly type: 'data' | 'file';
  readonly encoding: string;
  /** All units have the value of the first. */
  readonly repeats: boolean;
}

/**
 * Reads the configuration CSV of the manufacturing utility: `key,type,encoding`, and `REPEAT` where all units have the value of
 * the first. It has no heading.
 *
 * @param source the name of the file, for errors
 * @throws `BATCH_CONFIG_INVALID`, and as `csvRows`
 */
export function parseManufacturingConfig(csv: Uint8Array, source: string): readonly ConfigEntry[] {
  const rows = csvRows(csv).filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const entries = rows.map(({ line, cells }): ConfigEntry => {
    const [key = '', type, encoding = '', mark] = cells.map((cell) => cell.trim());
    if (type === 'namespace') return { namespace: key };
    const isFit = (type === 'data' || type === 'file') && encoding !== '' && (mark === undefined || mark === 'REPEAT');
    if (isFit && cells.length <= 4) return { key, type, encoding, repeats: mark === 'REPEAT' };
    const reason = `line ${line} is not key,type,encoding with the type namespace, data or file, and REPEAT or nothing behind it`;
    throw batchError('BATCH_CONFIG_INVALID', { source, reason });
  });
  const [first] = entries;
  if (first !== undefined && 'namespace' in first) return entries;
  throw batchError('BATCH_CONFIG_INVALID', { source, reason: 'it does not begin with a namespace' });
}
