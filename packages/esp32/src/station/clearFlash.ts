import { eraseFlash, isFlashErased } from '../serial/eraseFlash.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { stationError } from './stationErrors.ts';
import type { UnitRun } from './unitRun.ts';

/** Whether this run is to erase the flash: an order holds once, also for a run that was cut after it. */
export function erasesNow({ job, page }: Pick<UnitRun, 'job' | 'page'>): boolean {
  return job.erase === true && page.isErased !== true;
}

/** Refuses to erase the keys of a device that is known to its platform, unless told. @throws `UNIT_REGISTERED` */
export function checkErase(run: UnitRun): void {
  const { job, page } = run;
  const isLost = job.registration !== undefined && page.registered !== undefined && !job.mayBeUsed;
  if (erasesNow(run) && isLost) throw stationError('UNIT_REGISTERED');
}

/** Whether something foreign lies in the flash that this run leaves there. @throws as the serial client */
export async function findLeftovers(loader: RomLoader, run: UnitRun): Promise<boolean> {
  if (erasesNow(run) || run.page.isCleared === true) return false;
  return !(await isFlashErased(loader, run.unit.flashBytes));
}

/** Erases the flash where that was ordered, and keeps that there is nothing foreign in it. @throws as `eraseFlash` */
export async function clearFlash(loader: RomLoader, run: UnitRun, hasLeftovers: boolean): Promise<void> {
  const { log, unit } = run;
  if (erasesNow(run)) {
    log.tell('erase', `All ${unit.flashBytes / 0x100000} MB of flash, verified by their digest`);
    // Whatever is left of it when the power goes, the unit has its keys no more.
    await run.begin({ isSelfEncrypting: run.page.isSelfEncrypting });
    await eraseFlash(loader, unit.chip, unit.flashBytes, (done, total) => log.progress('erase', done, total));
    await run.keep({ isErased: true, isCleared: true });
  } else if (!hasLeftovers) await run.keep({ isCleared: true });
}
