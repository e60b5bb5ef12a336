import type { Chip } from '../chips/chip.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import type { PublicKey } from '../keys/keys.ts';
import type { Partition } from '../partitionTable/partition.ts';
import type { BootLog } from './bootLog/bootLog.ts';
import type { FlashDump } from './flash/flashDump.ts';
import type { Sdkconfig } from './sdkconfig/sdkconfig.ts';

/** One device, as far as the inputs show it. Built from them by `readSubject`; rules only read it. */
export interface AuditSubject {
  /** Told by the user or by the inputs; undefined where none of them shows it. */
  readonly chip?: Chip;
  readonly efuse?: FromInput<EfuseDump>;
  readonly bootLog?: FromInput<BootLog>;
  readonly sdkconfig?: FromInput<Sdkconfig>;
  /** A file of its own; the table in a flash dump is in `flash`. */
  readonly partitionTable?: FromInput<readonly Partition[]>;
  readonly flash?: FromInput<FlashDump>;
  /** Keys that the device is known to have: what a private key in a dump is tried against. */
  readonly publicKeys: readonly FromInput<PublicKey>[];
  /** The other devices of a batch, for what must not be the same on two of them. */
  readonly batch: readonly AuditSubject[];
}

/** Something read from an input, with the name under which the user gave it. */
export interface FromInput<T> {
  readonly source: string;
  readonly value: T;
}

/** The parts a rule can need. */
export type SubjectPart = 'efuse' | 'bootLog' | 'sdkconfig' | 'partitionTable' | 'flash';

/** The parts as they are called in sentences. */
export const PART_WORDS: Readonly<Record<SubjectPart, string>> = {
  efuse: 'eFuses',
  bootLog: 'a boot log',
  sdkconfig: 'an sdkconfig',
  partitionTable: 'a partition table',
  flash: 'a flash dump',
};
