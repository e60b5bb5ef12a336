import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import type { UnitResult } from './unitResult.ts';

/** What of each unit has to outlive a power cut of the station: its keys apart from what everybody may know. */
export interface UnitBook {
  /** What is not there was never kept. */
  findKeys(mac: string): Promise<UnitKeys>;
  /** Keeps all of them in the place of what was kept; resolves when a cut does not undo it. */
  keepKeys(mac: string, keys: UnitKeys): Promise<void>;
  findPage(mac: string): Promise<UnitPage>;
  /** Keeps the page in the place of the one that was there. */
  keepPage(mac: string, page: UnitPage): Promise<void>;
}

/** Secrets of one unit. They are never those of a second one. */
export interface UnitKeys {
  /** Of flash encryption, as espsecure takes it. */
  readonly flash?: Uint8Array<ArrayBuffer>;
  /** Of NVS encryption: data key then tweak key, 64 bytes. */
  readonly nvs?: Uint8Array<ArrayBuffer>;
}

/** What is no secret of a unit; as JSON it is the same. */
export interface UnitPage {
  /** What key install has left on it. */
  readonly installed?: InstalledUnit;
  /** What has become of the record. */
  readonly registered?: 'registered' | 'queued';
  /** The unit was done. */
  readonly result?: UnitResult;
}

export interface InstalledUnit {
  /** In lower-case hexadecimal: the unit says it in its boot log. */
  readonly digest: string;
  /** It holds facts, public keys and their proofs. */
  readonly record: SignedUnitRecord;
}
