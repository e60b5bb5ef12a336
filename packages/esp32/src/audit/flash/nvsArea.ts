import type { NvsRecord } from '../../nvs/nvsRecords.ts';
import type { NvsPage } from '../../nvs/parseNvs.ts';

/**
 * Who can read an NVS partition:
 * - `clear`: who has the dump
 * - `universal-keys`: the same, for its keys are those of everybody
 * - `keys-in-flash`: the same, for its keys are in the dump in clear
 * - `sealed`: who has its keys, which the dump does not show
 */
export type NvsAccess = 'clear' | 'universal-keys' | 'keys-in-flash' | 'sealed';

/** Pages of NVS in a dump: a partition of that type, or what else looks like one. */
export interface NvsArea {
  /** Name of the region. */
  readonly region: string;
  /** In the dump. */
  readonly offset: number;
  readonly size: number;
  readonly access: NvsAccess;
  /** As they read, decrypted where that takes no secret; of a sealed one without items. */
  readonly pages: readonly NvsPage[];
  readonly records: readonly NvsRecord[];
}
