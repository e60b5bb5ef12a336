import type { EfuseDump } from '../efuse/efuseDump.ts';
import { keySlots } from '../efuse/keySlots.ts';
import { makePlan } from '../plan/makePlan.ts';
import { burnSteps, type Plan, type PlanStep } from '../plan/plan.ts';
import { keyDigest } from '../secureBoot/blockKey.ts';
import type { SecureBootSigner } from '../secureBoot/signer.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { type BurnKeys, burnLastStep, burnStep, FIRST_BOOT_STEP } from './burnStep.ts';
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
  /** Undefined: the bootloader makes it, and nobody knows it. */
  readonly flashKey: Uint8Array<ArrayBuffer> | undefined;
  readonly keys: BurnKeys;
  /** Before the flash is written. */
  readonly early: readonly PlanStep[];
  /** What the bootloader burns by itself, where it encrypts. */
  readonly firstBoot: PlanStep | undefined;
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
 * @param efuses as they were read last
 * @throws `STATION_SIGNING_KEY_MISSING`, `STATION_KEY_LENGTH`, `UNIT_OTHER_KEY`, `UNIT_FLASH_KEY_HALF`, `PLAN_…`, and as the
 * serial client
 */
export async function planLock(
  loader: RomLoader,
  { unit, keys: known, isLockBegun, ports }: UnitRun,
  { profile, signer, encryption = 'host' }: Security,
  efuses: EfuseDump,
): Promise<LockPlan> {
  const isOnHost = encryption === 'host';
  if (!isOnHost) checkOwnKey(efuses);
  const flashKey = isOnHost ? (known.flash ?? ports.random(new Uint8Array(flashKeyBytes(unit)))) : undefined;
  const keys = await burnKeys(unit, flashKey, signer);
  if (profile.secureBoot && signer === undefined) {
    throw stationError('STATION_SIGNING_KEY_MISSING', { profile: profile.name });
  }
  const current = await resumeKeys(loader, efuses, keys, isLockBegun);
  const plan = makePlan({ chip: unit.chip, profile, current, encryption });
  return { plan, flashKey, keys, ...around(plan) };
}

/** Bootloaders of ESP-IDF refuse a key that is not hidden. @throws `UNIT_FLASH_KEY_HALF` */
function checkOwnKey(efuses: EfuseDump): void {
  const half = keySlots(efuses).find(
    ({ use, isEmpty, isReadProtected }) => use === 'flash-encryption' && !isEmpty && !isReadProtected,
  );
  if (half !== undefined) throw stationError('UNIT_FLASH_KEY_HALF', { slot: half.name });
}

/** Does all burns with a virtual chip in the state of this one. @throws as the burns do */
export async function rehearseLock({ ports, log }: UnitRun, lock: LockPlan): Promise<void> {
  const { plan, keys, early, firstBoot, late, last } = lock;
  log.tell('rehearse', `${burnSteps(plan).length} burns on a virtual chip in the state of this one`);
  await ports.rehearse(plan.current, async (virtual) => {
    let state: EfuseDump = plan.current;
    const steps = [...early, ...(firstBoot === undefined ? [] : [firstBoot]), ...late];
    for (const step of steps) state = await burnStep(virtual, state, step, keys);
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
  flashKey: Uint8Array<ArrayBuffer> | undefined,
  signer: SecureBootSigner | undefined,
): Promise<BurnKeys> {
  const expected = flashKeyBytes(unit);
  const found = flashKey?.length ?? expected;
  if (found !== expected) throw stationError('STATION_KEY_LENGTH', { expected, found });
  const digestBlock = signer === undefined ? undefined : await keyDigest(signer.publicKey);
  return { flashKeyBlock: flashKey?.toReversed(), digestBlock };
}

/** As long as its block, which coding scheme 3/4 of the ESP32 makes shorter. */
function flashKeyBytes({ chip, efuses }: Unit): number {
  return chip.flashEncryption.algorithm === 'tweaked-key' ? (efuses.blocks[1]?.length ?? 0) : 32;
}

function around({ steps }: Plan): Pick<LockPlan, 'early' | 'firstBoot' | 'late' | 'last' | 'writesFlash'> {
  const at = steps.findIndex(({ id }) => id === WRITE_STEP);
  const isOwn = ({ id }: PlanStep): boolean => id === LAST_STEP || id === FIRST_BOOT_STEP;
  const isBurn = (step: PlanStep): boolean => step.burns.length > 0 && !isOwn(step);
  return {
    early: steps.slice(0, Math.max(0, at)).filter(isBurn),
    firstBoot: steps.find(({ id }) => id === FIRST_BOOT_STEP),
    late: steps.slice(at + 1).filter(isBurn),
    last: steps.find(({ id }) => id === LAST_STEP),
    writesFlash: at >= 0,
  };
}
