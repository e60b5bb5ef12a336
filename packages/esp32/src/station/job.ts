import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Aes } from '../aes/aes.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import type { Plan } from '../plan/plan.ts';
import type { Profile } from '../plan/profile.ts';
import type { SecureBootSigner } from '../secureBoot/signer.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import type { SerialPort } from '../serial/serialPort.ts';
import type { FirmwarePart } from './prepareFirmware.ts';
import type { Unit } from './unit.ts';

/** What the station is to do with the unit on its bench. */
export interface Job {
  readonly firmware: readonly FirmwarePart[];
  /** The chip that the firmware was built for, where its build tells. */
  readonly firmwareChip: string | undefined;
  /** The only unit that is meant. */
  readonly mac: string | undefined;
  readonly mayBeUsed: boolean;
  readonly baud: number;
  /** Undefined: the firmware is written as it is, and nothing is burned. */
  readonly security: Security | undefined;
}

export interface Security {
  readonly profile: Profile;
  readonly flashKeys: FlashKeys;
  readonly signer: SecureBootSigner | undefined;
}

/** Where the flash keys of units are kept: one for each, never the same for two. */
export interface FlashKeys {
  /** The key of a unit of which a run was begun; undefined: there is none. */
  find(mac: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Keeps a new key, before any bit of it is burned. */
  keep(mac: string, key: Uint8Array): Promise<void>;
}

/** What the station needs of the machine it runs on. */
export interface StationPorts {
  readonly serial: SerialPort;
  readonly clock: Clock;
  readonly aes: Aes;
  readonly random: RandomFill;
  /**
   * Does with a virtual chip in this state what is to be done with the real one, and returns what became of it.
   *
   * @throws as `work` does
   */
  readonly rehearse: (state: EfuseDump, work: (loader: RomLoader) => Promise<void>) => Promise<void>;
  /** Shows a plan that cannot be undone. @throws `UNIT_BURN_NOT_CONFIRMED` */
  readonly confirm: (unit: Unit, plan: Plan) => Promise<void>;
  readonly onProgress: (event: StationEvent) => void;
}

export type StationEvent =
  | { readonly type: 'unit'; readonly unit: Unit }
  | { readonly type: 'step'; readonly step: string; readonly detail: string; readonly atMs: number }
  | { readonly type: 'progress'; readonly step: string; readonly done: number; readonly total: number };
