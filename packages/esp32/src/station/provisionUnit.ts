import { burnSteps } from '../plan/plan.ts';
import { resetToFlash, ROM_BAUD } from '../serial/connectLoader.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { auditUnit } from './auditUnit.ts';
import { checkUnit } from './checkUnit.ts';
import { checkErase, clearFlash, findLeftovers } from './clearFlash.ts';
import { closeLoader, readBeforeLast } from './closeLoader.ts';
import { enterLoader } from './enterLoader.ts';
import { finishedUnit } from './finishedUnit.ts';
import { type FlashContents, prepareContents } from './flashContents.ts';
import type { Job, StationPorts } from './job.ts';
import { type LockPlan, planLock, rehearseLock } from './lockPlan.ts';
import { registerUnit } from './registerUnit.ts';
import { resultOf, type UnitDone } from './resultOf.ts';
import { StepLog } from './stepLog.ts';
import { identifyUnit, type Unit } from './unit.ts';
import { donePage } from './unitBook.ts';
import type { UnitResult } from './unitResult.ts';
import { UnitRun } from './unitRun.ts';
import { type LockedUnit, writeEncrypted, writeForFirstBoot, writePlain } from './writeAndLock.ts';

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
  log.tell('audit', 'What is burned, and whether something lies in the flash');
  const hasLeftovers = await findLeftovers(loader, run);
  const before = await auditUnit(run, { efuses: unit.efuses, hasLeftovers });
  ports.onProgress({ type: 'audit', when: 'before', report: before });
  const plan = job.security && (await planLock(loader, run, job.security, unit.efuses));
  const contents = await prepareContents(run, plan);
  if (plan !== undefined) await agree(run, plan, contents);
  await clearFlash(loader, run, hasLeftovers);
  const locked = await writeAndLock(loader, run, plan, contents);
  const device = job.registration && (await registerUnit(run, job.registration, locked.efuses));
  return await closeAndEnd(run, { before, contents, hasLeftovers, device, ...locked });
}

/** @throws as `checkUnit`, `UNIT_REGISTERED` */
function check(run: UnitRun): void {
  const { job, unit, isLockBegun } = run;
  const mayBeUsed = job.mayBeUsed || isLockBegun;
  checkUnit(unit, { mac: job.mac, chip: job.firmwareChip, mayBeUsed, hasFlashKey: isLockBegun });
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
  await run.keepKeys({ ...(flash && { flash }), ...(nvs && { nvs }) });
}

function writeAndLock(
  loader: RomLoader,
  run: UnitRun,
  lock: LockPlan | undefined,
  contents: FlashContents,
): Promise<LockedUnit> {
  const { security } = run.job;
  if (lock === undefined || security === undefined) return writePlain(loader, run, contents);
  if (security.encryption === 'first-boot') return writeForFirstBoot(loader, run, security, lock, contents);
  return writeEncrypted(loader, run, lock, contents);
}

/** The last burn, where there is one; what could be read before it is kept, because nobody reads it afterwards. */
async function closeAndEnd(run: UnitRun, done: LockedUnit & UnitDone): Promise<UnitResult> {
  const { lock, device } = done;
  if (lock?.last === undefined) return end(run, await resultOf(run, done));
  const loader = device === undefined ? done.loader : await enterLoader(run.ports);
  const efuses = device === undefined ? done.efuses : await readBeforeLast(loader, run, lock.plan, lock.last);
  const result = await resultOf(run, { ...done, efuses });
  await run.keep({ beforeLastBurn: result });
  await closeLoader(loader, run, efuses, lock.last);
  return end(run, result);
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
  await run.begin(donePage(page, result));
  return result;
}
