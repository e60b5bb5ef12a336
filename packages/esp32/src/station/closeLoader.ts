import { delay } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { burnEfuses } from '../efuse/burnEfuses.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { gapsTo } from '../plan/goal.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import { connectLoader, resetToFlash, ROM_BAUD } from '../serial/connectLoader.ts';
import { identifyChip } from '../serial/identifyChip.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { burnLastStep } from './burnStep.ts';
import type { StationPorts } from './job.ts';
import { readOfSame } from './readOfSame.ts';
import { stationError } from './stationErrors.ts';
import type { UnitRun } from './unitRun.ts';

const START_MS = 2_000;

/**
 * The eFuses of a unit before its last burn: its firmware has run since they were read.
 *
 * @throws `UNIT_EXCHANGED`, `UNIT_CHANGED`, and as the serial client
 */
export async function readBeforeLast(
  loader: RomLoader,
  run: UnitRun,
  { profile }: Plan,
  last: PlanStep,
): Promise<EfuseDump> {
  const efuses = await readOfSame(loader, run);
  const [gap] = gapsTo(profile, last.burns.reduce(burnEfuses, efuses));
  if (gap !== undefined) throw stationError('UNIT_CHANGED', { ...gap });
  return efuses;
}

/** Does the last burn and looks whether the loader is closed. @throws `UNIT_STILL_OPEN`, and as the serial client */
export async function closeLoader(
  loader: RomLoader,
  { log, ports }: UnitRun,
  efuses: EfuseDump,
  last: PlanStep,
): Promise<void> {
  log.tell('burn', `${last.id}: ${last.does}`);
  await burnLastStep(loader, efuses, last);
  await checkClosed(ports);
}

/**
 * A chip whose loader was closed says that it is in secure download mode, or starts its firmware whatever the lines say.
 *
 * @throws `UNIT_STILL_OPEN`; `LOADER_SILENT` where it says nothing at all, as without power
 */
async function checkClosed({ serial, clock }: StationPorts): Promise<void> {
  if (!serial.hasLines) return;
  try {
    const { isSecureDownload } = await identifyChip(await connectLoader(serial, clock));
    if (isSecureDownload) return;
  } catch (error) {
    const isSilent = error instanceof MkiotError && error.code === 'LOADER_SILENT';
    if (!isSilent || !(await startsFromFlash({ serial, clock }))) throw error;
    return;
  }
  throw stationError('UNIT_STILL_OPEN');
}

/** The ROM prints a line at each start. */
async function startsFromFlash({ serial, clock }: Pick<StationPorts, 'serial' | 'clock'>): Promise<boolean> {
  const heard = new AbortController();
  await serial.setBaud(ROM_BAUD);
  serial.onBytes = () => heard.abort();
  await resetToFlash(serial, clock);
  await delay(clock, START_MS, heard.signal);
  return heard.signal.aborted;
}
