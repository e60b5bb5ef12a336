import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SkewedClock } from './skewedClock.ts';
import { VirtualClock } from './virtualClock.ts';

for (const startMs of [0, 2 ** 31 * 1_000]) {
  test(`a clock that starts at ${new Date(startMs).toISOString()} goes on from there`, () => {
    const right = new VirtualClock();
    right.advance(5_000);
    const clock = new SkewedClock(right, { startMs });
    assert.equal(clock.now(), startMs);
    right.advance(1_000);
    assert.equal(clock.now(), startMs + 1_000);
    assert.equal(clock.monotonic(), 1_000);
  });
}

for (const factor of [0.5, 1.25, 60]) {
  test(`of a clock with the factor ${factor} everything goes so fast, timers too`, () => {
    const right = new VirtualClock();
    const clock = new SkewedClock(right, { factor });
    const start = clock.now();
    assert.equal(start, right.now());
    let firedMs: number | undefined;
    clock.setTimer(6_000, () => (firedMs = clock.monotonic()));
    right.advance(20_000);
    assert.equal(clock.now() - start, 20_000 * factor);
    assert.equal(firedMs, 6_000);
  });
}

test('a timer of a skewed clock can be cancelled', () => {
  const right = new VirtualClock();
  const timer = new SkewedClock(right, { factor: 2 }).setTimer(10, () => assert.fail('it ran'));
  timer.cancel();
  right.advance(100);
});

test('who waits for a moment of a skewed clock by what is left gets there, whatever the factor', () => {
  for (let factor = 0.1; factor < 10; factor *= 1.01) {
    const right = new VirtualClock();
    right.advance(1_000_000_007);
    const clock = new SkewedClock(right, { factor });
    let turns = 0;
    const waitUntil = (moment: number): void => {
      assert.ok(++turns < 10, `factor ${factor}`);
      const leftMs = moment - clock.monotonic();
      if (leftMs > 0) clock.setTimer(leftMs, () => waitUntil(moment));
    };
    waitUntil(1_000.1);
    right.advance(20_000);
    assert.ok(clock.monotonic() > 1_000);
  }
});

test('a stopped clock shows one time for ever, and its timers go on', () => {
  const right = new VirtualClock(5_000);
  const clock = new SkewedClock(right, { isStopped: true });
  let firedMs: number | undefined;
  clock.setTimer(100, () => (firedMs = clock.monotonic()));
  right.advance(1_000);
  assert.deepEqual([clock.now(), clock.monotonic(), firedMs], [5_000, 1_000, 100]);
});
