import type { EfuseDump } from '../efuse/efuseDump.ts';
import { makePlan } from '../plan/makePlan.ts';
import { burnSteps, type Plan, type PlanStep } from '../plan/plan.ts';
import { keyDigest } from '../secureBoot/blockKey.ts';
import type { SecureBootSigner } from '../secureBoot/signer.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { type BurnKeys, burnLastStep, burnStep } from './burnStep.ts';
import type { Security } from './job.ts';
import { resumeKeys } from './resumeKeys.ts';
import { stationError } from './stationErrors.ts';
import type { Unit } from './unit.ts';
import type { UnitRun } from './unitRun.ts';

/** The burns up to here make the flash readable for the chip; what follows needs the firmware to be there. */
const WRITE_STEP = 'write-flash';
/** After it the loader answers no more, or nothing but writing flash. */
const LAST_STEP = 'close-loader';

/** How one unit is locked: its keys, and the burns of its plan around the writing of its flash. */
export interface LockPlan {
  readonly plan: Plan;
  readonly flashKey: Uint8Array<ArrayBuffer>;
  readonly keys: BurnKeys;
  /** Before the flash is written. */
  readonly early: readonly PlanStep[];
  /** After it, all but the last. */
  readonly late: readonly PlanStep[];
  /** The burn that closes the loader, where the profile has it. */
  readonly last: PlanStep | undefined;
  /** False: the chip depends on the firmware that it has already. */
  readonly writesFlash: boolean;
}

/**
 * Plans what is left to burn of a profile, with the keys of the book or new ones. A key whose burn was cut is finished first.
 *
 * @throws `STATION_SIGNING_KEY_MISSING`, `STATION_KEY_LENGTH`, `UNIT_OTHER_KEY`, `PLAN_…`, and as the serial client
 */
export async function planLock(
  loader: RomLoader,
  { unit, keys: known, ports }: UnitRun,
  { profile, signer }: Security,
): Promise<LockPlan> {
  const flashKey = known.flash ?? ports.random(new Uint8Array(flashKeyBytes(unit)));
  const keys = await burnKeys(unit, flashKey, signer);
  if (profile.secureBoot && signer === undefined) {
    throw stationError('STATION_SIGNING_KEY_MISSING', { profile: profile.name });
  }
  const current = await resumeKeys(loader, unit.efuses, keys, known.flash !== undefined);
  const plan = makePlan({ chip: unit.chip, profile, current });
  return { plan, flashKey, keys, ...around(plan) };
}

/** Does all burns with a virtual chip in the state of this one. @throws as the burns do */
export async function rehearseLock({ ports, log }: UnitRun, lock: LockPlan): Promise<void> {
  const { plan, keys, early, late, last } = lock;
  log.tell('rehearse', `${burnSteps(plan).length} burns on a virtual chip in the state of this one`);
  await ports.rehearse(plan.current, async (virtual) => {
    let state: EfuseDump = plan.current;
    for (const step of [...early, ...late]) state = await burnStep(virtual, state, step, keys);
    if (last !== undefined) await burnLastStep(virtual, state, last);
  });
}

/** Burns steps, each verified before the next. @returns the eFuses as they are read afterwards */
export async function burnAll(
  loader: RomLoader,
  before: EfuseDump,
  steps: readonly PlanStep[],
  { keys }: LockPlan,
  { log }: UnitRun,
): Promise<EfuseDump> {
  let state = before;
  for (const step of steps) {
    log.tell('burn', `${step.id}: ${step.does}`);
    state = await burnStep(loader, state, step, keys);
  }
  return state;
}

async function burnKeys(
  unit: Unit,
  flashKey: Uint8Array<ArrayBuffer>,
  signer: SecureBootSigner | undefined,
): Promise<BurnKeys> {
  const expected = flashKeyBytes(unit);
  if (flashKey.length !== expected) throw stationError('STATION_KEY_LENGTH', { expected, found: flashKey.length });
  const digestBlock = signer === undefined ? undefined : await keyDigest(signer.publicKey);
  return { flashKeyBlock: flashKey.toReversed(), digestBlock };
}

/** As long as its block, which coding scheme 3/4 of the ESP32 makes shorter. */
function flashKeyBytes({ chip, efuses }: Unit): number {
  return chip.flashEncryption.algorithm === 'tweaked-key' ? (efuses.blocks[1]?.length ?? 0) : 32;
}

function around({ steps }: Plan): Pick<LockPlan, 'early' | 'late' | 'last' | 'writesFlash'> {
  const at = steps.findIndex(({ id }) => id === WRITE_STEP);
  const isBurn = ({ id, burns }: PlanStep): boolean => burns.length > 0 && id !== LAST_STEP;
  return {
    early: steps.slice(0, Math.max(0, at)).filter(isBurn),
    late: steps.slice(at + 1).filter(isBurn),
    last: steps.find(({ id }) => id === LAST_STEP),
    writesFlash: at >= 0,
  };
}
