import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { InstallCrypto } from '@mkiot/core/keyInstall/installCrypto';
import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import type { Aes } from '../aes/aes.ts';
import type { AuditReport } from '../audit/report/auditReport.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import type { NvsRow } from '../nvs/buildNvs.ts';
import type { FlashEncryptionWay, Plan } from '../plan/plan.ts';
import type { Profile } from '../plan/profile.ts';
import type { SecureBootSigner } from '../secureBoot/signer.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import type { SerialPort } from '../serial/serialPort.ts';
import type { FirmwarePart } from './prepareFirmware.ts';
import type { Registration } from './registration.ts';
import type { Unit } from './unit.ts';
import type { UnitBook } from './unitBook.ts';

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
  readonly security?: Security | undefined;
  /** Undefined: the unit gets no keys and no name. */
  readonly registration?: Registration | undefined;
  readonly deviceNvs?: DeviceNvs | undefined;
  /** Erases the whole flash first, so that nothing of earlier firmware can be read. */
  readonly erase?: boolean | undefined;
}

export interface Security {
  readonly profile: Profile;
  readonly signer: SecureBootSigner | undefined;
  /** Without it the host. */
  readonly encryption?: FlashEncryptionWay | undefined;
}

/** Values that each unit has for itself, in an NVS partition that its firmware reads; written until the unit has its keys. */
export interface DeviceNvs {
  /** The label of the partition. */
  readonly partition: string;
  readonly rows: (unit: Unit) => readonly NvsRow[];
}

/** What the station needs of the machine it runs on. */
export interface StationPorts {
  readonly serial: SerialPort;
  readonly clock: Clock;
  readonly aes: Aes;
  readonly random: RandomFill;
  /** For key install. */
  readonly crypto: InstallCrypto;
  readonly book: UnitBook;
  /** Version of MkIoT, for the audits. */
  readonly tool: string;
  /**
   * Does with a virtual chip in this state what is to be done with the real one, and returns what became of it.
   *
   * @throws as `work` does
   */
  readonly rehearse: (state: EfuseDump, work: (loader: RomLoader) => Promise<void>) => Promise<void>;
  /** Shows a plan that cannot be undone. @throws `UNIT_BURN_NOT_CONFIRMED` */
  readonly confirm: (unit: Unit, plan: Plan) => Promise<void>;
  /**
   * Sends the record of a unit, or puts it into a queue while the server is away. What was registered may come again.
   *
   * @throws what the server refuses it with
   */
  readonly register: (record: SignedUnitRecord) => Promise<'registered' | 'queued'>;
  readonly onProgress: (event: StationEvent) => void;
  /** Asks the station to end, which it does before the next step. */
  readonly stop?: AbortSignal | undefined;
}

export type StationEvent =
  | { readonly type: 'unit'; readonly unit: Unit }
  | { readonly type: 'audit'; readonly when: 'before' | 'after'; readonly report: AuditReport }
  /** At a port without reset lines a person has to press: reset, or reset while the boot button is held. */
  | { readonly type: 'press'; readonly button: 'reset' | 'boot and reset' }
  | { readonly type: 'step'; readonly step: string; readonly detail: string; readonly atMs: number }
  | { readonly type: 'progress'; readonly step: string; readonly done: number; readonly total: number };
