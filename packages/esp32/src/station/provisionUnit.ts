import type { EfuseDump } from '../efuse/efuseDump.ts';
import { burnSteps } from '../plan/plan.ts';
import { resetToFlash, ROM_BAUD } from '../serial/connectLoader.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { auditUnit } from './auditUnit.ts';
import { checkUnit } from './checkUnit.ts';
import { checkErase, clearFlash, findLeftovers } from './clearFlash.ts';
import { closeLoader, readBeforeLast } from './closeLoader.ts';
import { enterLoader } from './enterLoader.ts';
import { finishedUnit } from './finishedUnit.ts';
import { type FlashContents, prepareContents, writeContents } from './flashContents.ts';
import type { Job, StationPorts } from './job.ts';
import { burnAll, type LockPlan, planLock, rehearseLock } from './lockPlan.ts';
import { registerUnit } from './registerUnit.ts';
import { resultOf } from './resultOf.ts';
import { StepLog } from './stepLog.ts';
import { identifyUnit, type Unit } from './unit.ts';
import type { UnitResult } from './unitResult.ts';
import { UnitRun } from './unitRun.ts';

/**
 * Takes one unit from its loader to its firmware: written, locked, with its keys, and registered, as far as the job says. A run
 * that was cut is repeated with the same job: what is done is not done again, and nothing is burned that was not rehearsed.
 *
 * @throws a `stationError` where it does not go on, and as the serial client and key install
 */
export async function provisionUnit(job: Job, ports: StationPorts): Promise<UnitResult> {
  const log = new StepLog(ports);
  log.tell('detect', 'Looking for a chip at the port');
  let found: { readonly loader: RomLoader; readonly unit: Unit };
  try {
    const loader = await enterLoader(ports);
    found = { loader, unit: await identifyUnit(loader) };
  } catch (error) {
    return await finishedUnit(error, { job, ports, log });
  }
  const run = await UnitRun.open({ job, ports, log, unit: found.unit });
  return await provision(found.loader, run);
}

async function provision(loader: RomLoader, run: UnitRun): Promise<UnitResult> {
  const { job, ports, unit, log } = run;
  log.tell('identify', `${unit.chip.label}, MAC ${unit.mac}, ${unit.flashBytes / 0x100000} MB of flash`);
  ports.onProgress({ type: 'unit', unit });
  check(run);
  if (job.baud !== ROM_BAUD) await loader.changeBaudrate(job.baud);
  const hasLeftovers = await findLeftovers(loader, run);
  const before = await auditUnit(run, { efuses: unit.efuses, hasLeftovers });
  ports.onProgress({ type: 'audit', when: 'before', report: before });
  const lock = job.security && (await planLock(loader, run, job.security));
  const contents = await prepareContents(run, lock);
  if (lock !== undefined) await agree(run, lock, contents);
  await clearFlash(loader, run, hasLeftovers);
  const written = await writeAndLock(loader, run, lock, contents);
  const device = job.registration && (await registerUnit(run, job.registration, written));
  const done = { before, contents, hasLeftovers, device, lock };
  if (lock?.last === undefined) return await end(run, await resultOf(run, { ...done, efuses: written }));
  const open = device === undefined ? loader : await enterLoader(ports);
  const efuses = device === undefined ? written : await readBeforeLast(open, run, lock.plan, lock.last);
  const result = await resultOf(run, { ...done, efuses });
  await run.keep({ beforeLastBurn: result });
  await closeLoader(open, run, efuses, lock.last);
  return await end(run, result);
}

/** @throws as `checkUnit`, `UNIT_REGISTERED` */
function check(run: UnitRun): void {
  const { job, unit, keys } = run;
  const hasFlashKey = job.security !== undefined && keys.flash !== undefined;
  const mayBeUsed = job.mayBeUsed || hasFlashKey;
  checkUnit(unit, { mac: job.mac, chip: job.firmwareChip, mayBeUsed, hasFlashKey });
  checkErase(run);
}

/** Rehearses the burns and has them confirmed. Only then are new keys kept: nothing was done until here. */
async function agree(run: UnitRun, lock: LockPlan, { nvsKeys: nvs }: FlashContents): Promise<void> {
  const { log, ports, unit } = run;
  const { plan, flashKey: flash } = lock;
  if (burnSteps(plan).length === 0) log.tell('burn', `Nothing is left to burn for the profile ${plan.profile.name}`);
  else {
    await rehearseLock(run, lock);
    await ports.confirm(unit, plan);
  }
  await run.keepKeys({ flash, ...(nvs && { nvs }) });
}

/** @returns the eFuses as they are read then */
async function writeAndLock(
  loader: RomLoader,
  run: UnitRun,
  lock: LockPlan | undefined,
  contents: FlashContents,
): Promise<EfuseDump> {
  if (lock === undefined) {
    await writeContents(loader, run, contents);
    return run.unit.efuses;
  }
  const marked = await burnAll(loader, lock.plan.current, lock.early, lock, run);
  if (lock.writesFlash || run.page.written !== contents.digest) await writeContents(loader, run, contents);
  return await burnAll(loader, marked, lock.late, lock, run);
}

/** Starts the firmware, and keeps that the unit is done. */
async function end(run: UnitRun, before: UnitResult): Promise<UnitResult> {
  const { log, ports, page } = run;
  const { serial, clock } = ports;
  log.tell('run', serial.hasLines ? 'Starting the firmware' : 'Press reset on the board to start the firmware');
  await serial.setBaud(ROM_BAUD);
  await resetToFlash(serial, clock);
  ports.onProgress({ type: 'audit', when: 'after', report: before.audits.after });
  const result = { ...before, steps: log.steps, durationMs: log.elapsedMs };
  const { installed, registered, written } = page;
  await run.begin({ installed, registered, written, result });
  return result;
}
