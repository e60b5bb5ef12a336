import { equalBytes } from '@mkiot/core/bytes/bytes';
import { type Burn, burnEfuses } from '../efuse/burnEfuses.ts';
import { type EfuseDump, visibleBlock } from '../efuse/efuseDump.ts';
import type { PlanStep } from '../plan/plan.ts';
import { burnBlock } from '../serial/burnBlock.ts';
import { readEfuses } from '../serial/readEfuses.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { stationError } from './stationErrors.ts';

/** The keys that a plan leaves open, as they lie in their blocks. */
export interface BurnKeys {
  /** The hardware reads a flash key from its last byte to its first. Undefined: the bootloader makes it. */
  readonly flashKeyBlock: Uint8Array<ArrayBuffer> | undefined;
  readonly digestBlock: Uint8Array<ArrayBuffer> | undefined;
}

/** The step of a plan that burns the flash key; other keys are digests. */
const FLASH_KEY_STEP = 'flash-key';
/** The burns of the bootloader, when the firmware starts for the first time. */
export const FIRST_BOOT_STEP = 'first-boot';

/**
 * Burns one step of a plan, one thing after the other; after each the eFuses are read and compared with what the burn gives
 * on paper.
 *
 * @returns the eFuses as they are read afterwards
 * @throws `UNIT_BURN_WRONG`, as `burnEfuses`, and as the serial client
 */
export async function burnStep(
  loader: RomLoader,
  before: EfuseDump,
  step: PlanStep,
  keys: BurnKeys,
): Promise<EfuseDump> {
  let state = before;
  for (const planned of step.burns) {
    const burn = withKey(planned, step, keys);
    const expected = burnEfuses(state, burn);
    await burnDifference(loader, state, expected);
    state = await readEfuses(loader, before.chip, expected);
    checkBurned(state, expected, step);
  }
  return state;
}

/** Burns the last step, after which nothing can be read any more. @returns the eFuses as they have to be then */
export async function burnLastStep(loader: RomLoader, before: EfuseDump, step: PlanStep): Promise<EfuseDump> {
  const expected = step.burns.reduce(burnEfuses, before);
  await burnDifference(loader, before, expected);
  return expected;
}

/** In plans any bytes stand for the keys. Those that a bootloader burns are rehearsed with them. */
function withKey(burn: Burn, { id }: PlanStep, { flashKeyBlock, digestBlock }: BurnKeys): Burn {
  if (burn.kind !== 'key' || id === FIRST_BOOT_STEP) return burn;
  const bytes = id === FLASH_KEY_STEP ? flashKeyBlock : digestBlock;
  if (bytes === undefined) throw new TypeError(`no key for the step ${id}`);
  return { ...burn, bytes };
}

/** Burns the bits that are missing in one state of the eFuses and there in the other. @throws as `burnBlock` */
export async function burnDifference(loader: RomLoader, before: EfuseDump, expected: EfuseDump): Promise<void> {
  for (const block of before.chip.efuse.blocks) {
    const now = before.blocks[block.number] ?? new Uint8Array();
    const wanted = expected.blocks[block.number] ?? now;
    const missing = wanted.map((byte, at) => byte & ~(now[at] ?? 0));
    if (missing.some((byte) => byte !== 0)) await burnBlock(loader, before, block, missing);
  }
}

/** @throws `UNIT_BURN_WRONG` */
function checkBurned(read: EfuseDump, expected: EfuseDump, { id: step }: PlanStep): void {
  for (const { number } of read.chip.efuse.blocks) {
    // What has just been hidden reads as zeros on the chip, and on paper is what it was.
    const isAsPlanned = equalBytes(visibleBlock(read, number), visibleBlock(expected, number));
    if (!isAsPlanned) throw stationError('UNIT_BURN_WRONG', { step, block: number });
  }
}
