import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHIPS } from '../../chips/chips.ts';
import { blankEfuses } from '../../efuse/burnEfuses.ts';
import type { EfuseDump } from '../../efuse/efuseDump.ts';
import { makePlan } from '../../plan/makePlan.ts';
import { burnSteps } from '../../plan/plan.ts';
import { PROFILES } from '../../plan/profiles.ts';
import { burnEfuses } from '../../efuse/burnEfuses.ts';
import type { Unit } from '../unit.ts';
import { BurnConsent } from './burnConsent.ts';

const chip = CHIPS.esp32s3;
const profile = PROFILES.production;
const mac = (number: number): string => `24:0a:c4:00:00:0${number}`;

function unitWith(number: number, efuses: EfuseDump = blankEfuses(chip, 2)): Unit {
  return { chip, mac: mac(number), efuses, broken: [], flashBytes: 0x400000 };
}

/** Of which the first step was burned. */
function begunChip(): EfuseDump {
  const [first] = burnSteps(makePlan({ chip, profile, current: blankEfuses(chip, 2) }));
  return first!.burns.reduce(burnEfuses, blankEfuses(chip, 2));
}

/** A person who types these in turn. */
function consentOf(answers: (string | undefined)[]): { consent: BurnConsent; asked: string[] } {
  const asked: string[] = [];
  const ask = async (_plan: unknown, words: string): Promise<string | undefined> => {
    asked.push(words);
    return answers.shift();
  };
  return { consent: new BurnConsent({ ask }), asked };
}

const confirm = (consent: BurnConsent, unit: Unit, units = 2, wasBegun = false): Promise<void> =>
  consent.confirm(unit, makePlan({ chip, profile, current: unit.efuses }), units, wasBegun);

test('a plan is confirmed once for all blank units, also when two ask at the same time', async () => {
  const { consent, asked } = consentOf(['BURN 2']);
  await Promise.all([confirm(consent, unitWith(1)), confirm(consent, unitWith(2))]);
  assert.deepEqual(asked, ['BURN 2']);
});

test('a consent ends with its number of units, but a unit that comes again counts once', async () => {
  const { consent, asked } = consentOf(['BURN 2', undefined]);
  for (const number of [1, 1, 2]) await confirm(consent, unitWith(number));
  await assert.rejects(confirm(consent, unitWith(3)), { code: 'UNIT_BURN_NOT_CONFIRMED' });
  assert.deepEqual(asked, ['BURN 2', mac(3)]);
});

test('whoever types something else burns nothing, and is asked again for the next unit', async () => {
  const { consent, asked } = consentOf(['BURN 3', undefined, 'BURN 2']);
  await assert.rejects(confirm(consent, unitWith(1)), { code: 'BATCH_BURN_NOT_CONFIRMED', message: /"BURN 3"/ });
  await assert.rejects(confirm(consent, unitWith(1)), { code: 'BATCH_BURN_NOT_CONFIRMED', message: /nothing/ });
  await confirm(consent, unitWith(1));
  assert.deepEqual(asked, ['BURN 2', 'BURN 2', 'BURN 2']);
});

for (const [what, efuses] of [
  ['that is not blank', begunChip()],
  ['of another silicon revision', blankEfuses(chip, 1)],
] as const) {
  test(`a unit ${what} is asked for by its own MAC address`, async () => {
    const { consent, asked } = consentOf(['BURN 2', 'BURN 2', mac(3).toUpperCase()]);
    await confirm(consent, unitWith(1));
    await assert.rejects(confirm(consent, unitWith(2, efuses)), { code: 'UNIT_BURN_NOT_CONFIRMED' });
    await confirm(consent, unitWith(3, efuses));
    assert.deepEqual(asked, ['BURN 2', mac(2), mac(3)]);
  });
}

test('a unit that this batch has begun goes on with what is left of the confirmed plan', async () => {
  const { consent, asked } = consentOf(['BURN 2']);
  // Also when it is the first: then the plan of a blank chip is confirmed, not what is left of it.
  await confirm(consent, unitWith(1, begunChip()), 2, true);
  await confirm(consent, unitWith(2));
  assert.deepEqual(asked, ['BURN 2']);
});
