import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { boardClock, readClockSkew } from './boardClock.ts';

for (const [text, start, afterAMinute] of [
  ['1970', '1970-01-01T00:00:00.000Z', '1970-01-01T00:01:00.000Z'],
  ['2038', '2038-01-19T03:14:08.000Z', '2038-01-19T03:15:08.000Z'],
  ['drift=1.5', '2026-01-01T00:00:00.000Z', '2026-01-01T00:01:30.000Z'],
] as const) {
  test(`with --clock ${text} a board starts at ${start} and comes to ${afterAMinute}`, () => {
    const right = new VirtualClock();
    const clock = boardClock(right, readClockSkew(text));
    assert.equal(new Date(clock.now()).toISOString(), start);
    right.advance(60_000);
    assert.equal(new Date(clock.now()).toISOString(), afterAMinute);
  });
}

test('without --clock a board has the clock of the machine', () => {
  const right = new VirtualClock();
  assert.equal(boardClock(right, undefined), right);
});
