import type { Chip } from '../chips/chip.ts';
import type { Burn } from '../efuse/burnEfuses.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import type { Partition } from '../partitionTable/partition.ts';
import type { Profile } from './profile.ts';

/**
 * Who encrypts the flash, and makes its key: the computer on which the firmware is built, or the bootloader when the firmware
 * starts for the first time. Of the second key nobody has a copy.
 */
export const FLASH_ENCRYPTION_WAYS = ['host', 'first-boot'] as const;

export type FlashEncryptionWay = (typeof FLASH_ENCRYPTION_WAYS)[number];

/** What a plan is asked for. */
export interface PlanRequest {
  readonly chip: Chip;
  readonly profile: Profile;
  /** The chip as it is; a blank one of the oldest silicon that will do without it. */
  readonly current?: EfuseDump;
  /** Length of the flash key; the chip's usual one without it. */
  readonly keyBits?: number;
  /** Without it the host. */
  readonly encryption?: FlashEncryptionWay | undefined;
}

/** What to do with one chip, in this order, to make of it what a profile says. */
export interface Plan {
  readonly chip: Chip;
  readonly profile: Profile;
  /** The chip as it is: read from it, or assumed to be blank. */
  readonly current: EfuseDump;
  readonly isAssumedBlank: boolean;
  readonly steps: readonly PlanStep[];
  readonly sdkconfig: ReadonlyMap<string, string>;
  readonly partitionTableOffset: number;
  readonly partitions: readonly Partition[];
}

export interface PlanStep {
  /** Stable, kebab-case. */
  readonly id: string;
  /** What it does, as a sentence. */
  readonly does: string;
  /** As they are typed, with PORT for the serial port. */
  readonly commands: readonly string[];
  /** What it burns; nothing for what is done on the computer or in flash. */
  readonly burns: readonly Burn[];
  /** How it can make the chip useless, or what to look at before. */
  readonly risk?: string;
}

/** The burns of a plan in their order. */
export function burnSteps({ steps }: Plan): readonly PlanStep[] {
  return steps.filter(({ burns }) => burns.length > 0);
}
