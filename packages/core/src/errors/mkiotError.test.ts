import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTable, MkiotError } from './mkiotError.ts';

const pumpError = errorTable({
  PUMP_DRY: { status: 'FAILED_PRECONDITION', blame: 'caller', message: 'Pump {pump} is dry at {level} mm.' },
});

test('an error carries its code, its sentence, its status, whose fault it is, and its cause', () => {
  const cause = new Error('no water');
  const error = pumpError('PUMP_DRY', { pump: 'p1', level: 0 }, cause);
  assert.ok(error instanceof MkiotError);
  assert.equal(error.code, 'PUMP_DRY');
  assert.equal(error.message, 'Pump p1 is dry at 0 mm.');
  assert.equal(error.status, 'FAILED_PRECONDITION');
  assert.equal(error.blame, 'caller');
  assert.equal(error.cause, cause);
});

test('a name that the context lacks stays visible instead of becoming "undefined"', () => {
  assert.equal(pumpError('PUMP_DRY', { pump: 'p1' }).message, 'Pump p1 is dry at {level} mm.');
});
