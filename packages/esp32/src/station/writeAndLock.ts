import type { EfuseDump } from '../efuse/efuseDump.ts';
import { flashEncryptionState } from '../efuse/readFuse.ts';
import { type Gap, gapsTo } from '../plan/goal.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { bootFirst } from './firstBoot.ts';
import { type FlashContents, writeBootloaderLast, writeContents } from './flashContents.ts';
import type { Security } from './job.ts';
import { burnAll, type LockPlan, planLock, rehearseLock } from './lockPlan.ts';
import { stationError } from './stationErrors.ts';
import type { UnitRun } from './unitRun.ts';

/** A unit with its firmware, and all burned but the last burn. */
export interface LockedUnit {
  /** Where it is in its loader now. */
  readonly loader: RomLoader;
  /** As they were read last. */
  readonly efuses: EfuseDump;
  /** The plan of what was left to burn last; undefined: nothing is burned. */
  readonly lock: LockPlan | undefined;
}

/** Writes the firmware as it is. @throws as `writeFlash` */
export async function writePlain(loader: RomLoader, run: UnitRun, contents: FlashContents): Promise<LockedUnit> {
  await writeContents(loader, run, contents);
  return { loader, efuses: run.unit.efuses, lock: undefined };
}

/** Writes firmware that the host has encrypted, between the burns that its plan has before and after. */
export async function writeEncrypted(
  loader: RomLoader,
  run: UnitRun,
  lock: LockPlan,
  contents: FlashContents,
): Promise<LockedUnit> {
  const marked = await burnAll(loader, lock.plan.current, lock.early, lock, run);
  if (lock.writesFlash || run.page.written !== contents.digest) await writeContents(loader, run, contents);
  return { loader, efuses: await burnAll(loader, marked, lock.late, lock, run), lock };
}

/**
 * Writes firmware in plain and lets its bootloader encrypt it; then burns what the bootloader has left of the plan. What that
 * is shows only now: it is planned and rehearsed anew, towards the profile that was confirmed.
 *
 * @throws `UNIT_ENCRYPTS` where other firmware was encrypted so: plaintext is not written any more; and as `bootFirst`
 */
export async function writeForFirstBoot(
  loader: RomLoader,
  run: UnitRun,
  security: Security,
  lock: LockPlan,
  contents: FlashContents,
): Promise<LockedUnit> {
  let state = { loader, efuses: lock.plan.current };
  if (flashEncryptionState(state.efuses)?.isOn !== true) {
    await burnAll(loader, state.efuses, lock.early, lock, run);
    await writeBootloaderLast(loader, run, contents);
    state = await bootFirst(run);
  } else if (run.page.written !== contents.digest) throw stationError('UNIT_ENCRYPTS');
  const left = await planLock(state.loader, run, security, state.efuses);
  if (left.firstBoot !== undefined) throw stationError('UNIT_FIRST_BOOT_OTHERWISE', { ...gapOf(left, state.efuses) });
  await rehearseLock(run, left);
  return { ...state, efuses: await burnAll(state.loader, left.plan.current, left.late, left, run), lock: left };
}

function gapOf({ plan }: LockPlan, efuses: EfuseDump): Gap {
  const [gap] = gapsTo(plan.profile, efuses);
  return gap ?? { field: plan.chip.flashEncryption.counterField, reason: 'The firmware is not signed.' };
}
