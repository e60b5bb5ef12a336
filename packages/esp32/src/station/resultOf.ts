import { toHex } from '@mkiot/core/bytes/bytes';
import type { AuditReport } from '../audit/report/auditReport.ts';
import { burnEfuses } from '../efuse/burnEfuses.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { burnSteps } from '../plan/plan.ts';
import { auditUnit } from './auditUnit.ts';
import { efuseDigest } from './efuseDigest.ts';
import type { FlashContents } from './flashContents.ts';
import type { LockPlan } from './lockPlan.ts';
import type { ResultingDevice, UnitResult } from './unitResult.ts';
import type { UnitRun } from './unitRun.ts';

/** What a run has made of a unit. */
export interface UnitDone {
  /** The audit of the beginning. */
  readonly before: AuditReport;
  /** As they were read last. */
  readonly efuses: EfuseDump;
  readonly contents: FlashContents;
  readonly hasLeftovers: boolean;
  readonly lock: LockPlan | undefined;
  readonly device: ResultingDevice | undefined;
}

/**
 * The result of a run whose last burn is still to come, or that has none. The audit takes the last burn for done: what it
 * closes cannot be read afterwards, and a chip on which it was not done gets no result.
 */
export async function resultOf(run: UnitRun, done: UnitDone): Promise<UnitResult> {
  const { unit, job, log } = run;
  const { before, efuses, contents, hasLeftovers, lock, device } = done;
  const closed = lock?.last?.burns.reduce(burnEfuses, efuses) ?? efuses;
  // What the bootloader has encrypted is not what was written.
  const isAsWritten = job.security?.encryption !== 'first-boot';
  const after = await auditUnit(run, { efuses: closed, contents: isAsWritten ? contents : undefined, hasLeftovers });
  return {
    mac: unit.mac,
    chip: unit.chip.name,
    profile: job.security?.profile.name,
    efuseDigest: toHex(efuseDigest(efuses)),
    burned: lock === undefined ? [] : burnSteps(lock.plan).map(({ id }) => id),
    writtenBytes: contents.pieces.reduce((sum, { bytes }) => sum + bytes.length, 0),
    device,
    audits: { before, after },
    steps: log.steps,
    durationMs: log.elapsedMs,
  };
}
