import type { NvsRow } from '../../nvs/buildNvs.ts';
import type { SecureCertEntry } from '../../secureCert/secureCertEntry.ts';

/** What one unit of a batch is to become. */
export interface BatchRow {
  /** Its device id: no two rows have the same. */
  readonly device: string;
  /** The only board that may take the row; undefined: any. */
  readonly mac: string | undefined;
  /** 1 to 3; undefined: as many as the job says for all. */
  readonly keyCount: number | undefined;
  /** Values that the unit has for itself. They may be secrets. */
  readonly nvs: readonly NvsRow[];
  /** Of its esp_secure_cert partition; it may hold a private key that was made elsewhere. */
  readonly secureCert: readonly SecureCertEntry[];
}
