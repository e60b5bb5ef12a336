import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Chip } from '../chips/chip.ts';
import { blankEfuses, type Burn, burnEfuses } from '../efuse/burnEfuses.ts';
import { CODING_SCHEME, type EfuseDump } from '../efuse/efuseDump.ts';
import { flashEncryptionState, readFuse, readFuses, secureBootIsOn } from '../efuse/readFuse.ts';
import { burnCommands } from './burnCommands.ts';
import { isInOneBlock, keyBitsFor, schemeFor } from './keyChoice.ts';
import { bricks, gapsTo, openGaps } from './goal.ts';
import { keyPlaces } from './keyPlaces.ts';
import { digestStep, flashKeyStep, protectDigestStep, protectFlashKeyStep } from './keySteps.ts';
import { firstBootSteps } from './firstBootSteps.ts';
import { buildSteps, makeKeysStep, writeFlashStep } from './firmwareSteps.ts';
import { PARTITIONS, TABLE_OFFSET } from './layout.ts';
import {
  closeSteps,
  counterSteps,
  keyTweakSteps,
  loaderSteps,
  secureBootSteps,
  writeProtectSteps,
} from './lockSteps.ts';
import type { Plan, PlanRequest, PlanStep } from './plan.ts';
import { planError } from './planErrors.ts';
import { planSdkconfig } from './planSdkconfig.ts';
import type { Profile } from './profile.ts';
import { fieldOf } from './rehearse.ts';

/**
 * The steps that make of a chip what a profile says, in an order in which none closes the way of a later one. They are
 * rehearsed on paper: a plan that is returned ends where it says.
 *
 * @throws `PLAN_UNREACHABLE`, `PLAN_SILICON`, `PLAN_KEY_BITS`, with the eFuse that stands in the way
 */
export function makePlan(request: PlanRequest): Plan {
  const { chip, profile, encryption = 'host' } = request;
  const scheme = schemeFor(request);
  const current = request.current ?? blankEfuses(chip, scheme?.fromRevision ?? 0);
  checkCurrent(profile, current);
  const keyBits = keyBitsFor(request, current);
  const places = keyPlaces(profile, current, keyBits);
  const needs = {
    flashKeyBits: places.flashKey.length > 0 ? keyBits : undefined,
    signingKey: places.digest !== undefined,
  };
  const isOn = flashEncryptionState(current)?.isOn === true;
  const firmware = places.flashKey.length > 0 || places.digest !== undefined || needsFirmware(profile, current);
  const isBurnedTogether = places.flashKey.length > 0 && isInOneBlock(chip);
  const newKey = flashKeyStep(chip, places);
  const forKey = [protectFlashKeyStep(chip, current), ...keyTweakSteps(chip)];
  const afterWrite = [
    ...(places.digest === undefined || isBurnedTogether ? [] : [digestStep(chip, places.digest)]),
    ...(profile.secureBoot ? [protectDigestStep(chip, current), ...secureBootSteps(chip, current, places)] : []),
    ...counterSteps(chip, profile, current),
  ];
  const candidates: readonly PlanStep[] = [
    makeKeysStep(encryption === 'host' ? needs : { ...needs, flashKeyBits: undefined }, scheme),
    ...(firmware ? buildSteps(chip, profile.secureBoot, encryption) : []),
    ...(encryption === 'first-boot' && firmware
      ? // A bootloader refuses a key that is not protected, and uses one that is tweaked in part: that is not left to it.
        [...forKey, ...firstBootSteps(chip, profile.secureBoot, [newKey, ...afterWrite])]
      : [newKey, ...forKey, ...(firmware ? [writeFlashStep(chip, isOn)] : []), ...afterWrite]),
    ...closeSteps(chip, profile, current),
    ...writeProtectSteps(chip, profile),
    ...(profile.closesLoader ? loaderSteps(chip) : []),
  ];
  const { steps, state } = needed(candidates, current, profile);
  const [gap] = gapsTo(profile, state);
  if (gap !== undefined) throw planError('PLAN_UNREACHABLE', { profile: profile.name, ...gap });
  return {
    chip,
    profile,
    current,
    isAssumedBlank: request.current === undefined,
    steps: steps.some(({ burns }) => burns.length > 0) ? steps : [],
    sdkconfig: planSdkconfig(chip, profile, scheme, encryption),
    partitionTableOffset: TABLE_OFFSET,
    partitions: PARTITIONS,
  };
}

/** A chip that is encrypted, and signed if it has to be, runs firmware that the burns leave as it is. */
function needsFirmware(profile: Profile, current: EfuseDump): boolean {
  const isEncrypted = flashEncryptionState(current)?.isOn === true;
  const isTweaked = readFuses(current, 'keyTweak').every(({ field, value }) => value === 2 ** field.bits - 1);
  const isSigned = !profile.secureBoot || secureBootIsOn(current, 2);
  return !(isEncrypted && isTweaked && isSigned);
}

function checkCurrent(profile: Profile, current: EfuseDump): void {
  const [gap] = [...bricks(current), ...openGaps(profile, current)];
  if (gap !== undefined) throw planError('PLAN_UNREACHABLE', { profile: profile.name, ...gap });
  const coding = readFuse(current, 'CODING_SCHEME');
  if (!profile.secureBoot || coding === undefined || coding.value === CODING_SCHEME.none) return;
  const reason = 'Secure boot version 2 needs coding scheme 0.';
  throw planError('PLAN_UNREACHABLE', { profile: profile.name, field: coding.field.name, reason });
}

/** The steps of which something is left to do, and the chip after them. */
function needed(
  candidates: readonly PlanStep[],
  current: EfuseDump,
  profile: Profile,
): { readonly steps: readonly PlanStep[]; readonly state: EfuseDump } {
  const steps: PlanStep[] = [];
  let state = current;
  for (const step of candidates) {
    const burns: Burn[] = [];
    for (const burn of step.burns) {
      const next = burnedOn(state, burn, profile);
      if (next !== state) burns.push(burn);
      state = next;
    }
    if (burns.length > 0) steps.push({ ...step, burns, commands: commandsOf(step, burns, state.chip) });
    else if (step.burns.length === 0 && step.commands.length > 0) steps.push(step);
  }
  return { steps, state };
}

/** A key has its own command, which protects it too; all else is burned as far as it is needed. */
function commandsOf(step: PlanStep, burns: readonly Burn[], chip: Chip): readonly string[] {
  return burns.some(({ kind }) => kind === 'key') ? step.commands : burnCommands(chip, burns);
}

function burnedOn(state: EfuseDump, burn: Burn, { name: profile }: Profile): EfuseDump {
  try {
    return burnEfuses(state, burn);
  } catch (error) {
    if (!(error instanceof MkiotError)) throw error;
    throw planError('PLAN_UNREACHABLE', { profile, field: fieldOf(error), reason: error.message }, error);
  }
}
