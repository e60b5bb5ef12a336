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
  /** The MAC address of the unit with this digest of key install: of a closed chip nobody can read it. */
  findInstalled(digest: string): Promise<string | undefined>;
}

/** Secrets of one unit. They are never those of a second one. */
export interface UnitKeys {
  /** Of flash encryption, as espsecure takes it. */
  readonly flash?: Uint8Array<ArrayBuffer>;
  /** Of NVS encryption: data key then tweak key, 64 bytes. */
  readonly nvs?: Uint8Array<ArrayBuffer>;
}

/** What is no secret of a unit; as JSON it is the same. A member that is not there has not happened yet. */
export interface UnitPage {
  /** Its flash holds nothing but what this station has written, and what its firmware made of that. */
  readonly isCleared?: boolean | undefined;
  /** The run that was ordered to erase the flash has done it, and is not at its end. */
  readonly isErased?: boolean | undefined;
  /** SHA-256 of the firmware that was written and verified, in hexadecimal. */
  readonly written?: string | undefined;
  /** The flash key in it, or a part of one, may be of its own bootloader. */
  readonly isSelfEncrypting?: boolean | undefined;
  /** What key install has left on it, or will have when its last answer was lost. */
  readonly installed?: InstalledUnit | undefined;
  /** What has become of the record. */
  readonly registered?: 'registered' | 'queued' | undefined;
  /** The result as it will be after the last burn: then nothing of it can be read any more. */
  readonly beforeLastBurn?: UnitResult | undefined;
  /** The unit is done. */
  readonly result?: UnitResult | undefined;
}

/** The page of a unit that is done: its result, and what a later run goes by. */
export function donePage({ installed, registered, written, isSelfEncrypting }: UnitPage, result: UnitResult): UnitPage {
  return { installed, registered, written, isSelfEncrypting, result };
}

export interface InstalledUnit {
  /** In lower-case hexadecimal: the unit says it in its boot log. */
  readonly digest: string;
  /** It holds facts, public keys and their proofs. */
  readonly record: SignedUnitRecord;
}
