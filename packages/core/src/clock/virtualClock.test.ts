import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delay } from './clock.ts';
import { VirtualClock } from './virtualClock.ts';

test('timers run at their moment, in order, and a cancelled one does not', () => {
  const clock = new VirtualClock(1_000);
  const ran: string[] = [];
  clock.setTimer(20, () => ran.push(`b at ${clock.now()}`));
  clock.setTimer(10, () => {
    ran.push(`a at ${clock.now()}`);
    clock.setTimer(5, () => ran.push(`nested at ${clock.now()}`));
  });
  clock.setTimer(12, () => ran.push('never')).cancel();
  clock.advance(19);
  assert.deepEqual(ran, ['a at 1010', 'nested at 1015']);
  clock.advance(1);
  assert.deepEqual(ran, ['a at 1010', 'nested at 1015', 'b at 1020']);
});

test('a jump of the wall clock moves no timer', () => {
  const clock = new VirtualClock(0);
  let ran = false;
  clock.setTimer(100, () => (ran = true));
  clock.setWallClock(Date.UTC(2038, 0, 19));
  clock.advance(99);
  assert.equal(ran, false);
  clock.advance(1);
  assert.equal(ran, true);
  assert.equal(clock.monotonic(), 100);
});

test('a delay ends early when its signal is aborted', async () => {
  const clock = new VirtualClock();
  const abort = new AbortController();
  const waiting = delay(clock, 1_000, abort.signal);
  abort.abort();
  await waiting;
  await delay(clock, 1_000, abort.signal);
  assert.equal(clock.monotonic(), 0);
});
