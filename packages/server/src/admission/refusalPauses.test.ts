import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RefusalPauses } from './refusalPauses.ts';

const REFUSED = { accepted: false };
const ACCEPTED = { accepted: true };
const attempt = (clientId = 'pump-1', remoteAddress = '192.0.2.7') => ({ clientId, remoteAddress });

class PauseBench {
  readonly clock = new VirtualClock();
  readonly pauses = new RefusalPauses(this.clock, 10_000);

  /** How long the answer to an attempt is held back. */
  async pauseMs(outcome: object, of = attempt()): Promise<number> {
    const startMs = this.clock.monotonic();
    let told: object | undefined;
    void this.pauses.before(of, outcome).then((it) => (told = it));
    for (;;) {
      await new Promise(setImmediate);
      if (told !== undefined) break;
      this.clock.advance(50);
    }
    assert.equal(told, outcome);
    return this.clock.monotonic() - startMs;
  }

  async pausesMs(count: number, of = attempt()): Promise<number[]> {
    const pauses: number[] = [];
    for (let failure = 0; failure < count; failure++) pauses.push(await this.pauseMs(REFUSED, of));
    return pauses;
  }
}

test('three refusals are told at once, each further one is held back twice as long, five seconds at most', async () => {
  const bench = new PauseBench();
  assert.deepEqual(await bench.pausesMs(9), [0, 0, 0, 250, 500, 1_000, 2_000, 4_000, 5_000]);
});

test('an accepted login is never held back, whatever was refused before, and ends the count', async () => {
  const bench = new PauseBench();
  await bench.pausesMs(9);
  assert.equal(await bench.pauseMs(ACCEPTED), 0);
  assert.deepEqual(await bench.pausesMs(4), [0, 0, 0, 250]);
});

test('failures count for one device from one address', async () => {
  const bench = new PauseBench();
  await bench.pausesMs(9);
  assert.equal(await bench.pauseMs(REFUSED, attempt('pump-2')), 0);
  assert.equal(await bench.pauseMs(REFUSED, attempt('pump-1', '192.0.2.8')), 0);
  assert.equal(await bench.pauseMs(REFUSED), 5_000);
});

test('who did not fail for ten minutes begins anew', async () => {
  const bench = new PauseBench();
  await bench.pausesMs(9);
  bench.clock.advance(600_000);
  assert.equal(await bench.pauseMs(REFUSED), 0);
});

test('a step of an exchange is no verdict and is not held back', async () => {
  const bench = new PauseBench();
  await bench.pausesMs(9);
  assert.equal(await bench.pauseMs({ data: new Uint8Array(1) }), 0);
});

test('when too many are held back already, and when the platform closes, the answer goes at once', async () => {
  const { clock, pauses } = new PauseBench();
  const waits: Promise<object>[] = [];
  const fail = (): void => void waits.push(pauses.before(attempt(), REFUSED));
  for (let failure = 0; failure < 10_100; failure++) fail();
  await new Promise(setImmediate);
  assert.equal(pauses.waiting, 10_000);
  pauses.close();
  await Promise.all(waits);
  assert.equal(pauses.waiting, 0);
  assert.equal(clock.monotonic(), 0);
});

test('names are the choice of the other side: many and long ones are not kept', async () => {
  const { pauses } = new PauseBench();
  const before = process.memoryUsage().heapUsed;
  for (let name = 0; name < 30_000; name++) await pauses.before(attempt(`${name}${'x'.repeat(16_000)}`), REFUSED);
  assert.ok(process.memoryUsage().heapUsed - before < 100_000_000);
});
