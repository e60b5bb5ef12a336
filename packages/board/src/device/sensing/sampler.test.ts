import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { type DeviceConfig, parseDeviceConfig } from '../control/deviceConfig.ts';
import { type Readings, Sampler } from './sampler.ts';
import type { Sensor } from './sensors.ts';

function configOf(config: unknown): DeviceConfig {
  return parseDeviceConfig(utf8Encode(JSON.stringify(config)), ['a', 'b']);
}

interface Bench {
  readonly clock: VirtualClock;
  readonly sampler: Sampler;
  readonly sent: { readonly atMs: number; readonly readings: Readings }[];
  readonly health: string[];
  readonly stop: () => Promise<void>;
}

/** A sampler that runs on sensors `a` and `b`; what they read is the time unless said otherwise. */
function run(config: unknown, reads: Partial<Record<'a' | 'b', Sensor['read']>> = {}): Bench {
  const clock = new VirtualClock();
  const [sent, health]: [Bench['sent'], string[]] = [[], []];
  const sensors = (['a', 'b'] as const).map((name): Sensor => ({
    name,
    unit: '1',
    read: reads[name] ?? (() => clock.monotonic()),
  }));
  const sampler = new Sampler(
    {
      clock,
      sensors,
      onReadings: async (readings) => void sent.push({ atMs: clock.monotonic(), readings }),
      onSensorHealth: (sensor, healthy) => health.push(`${sensor} ${healthy ? 'works' : 'fails'}`),
    },
    configOf(config),
  );
  const abort = new AbortController();
  const running = sampler.run(abort.signal);
  const stop = async (): Promise<void> => {
    abort.abort();
    await running;
  };
  return { clock, sampler, sent, health, stop };
}

test('sensors are read at once and then at each interval', async () => {
  const { clock, sent, stop } = run({ intervalMs: 1_000 });
  await clock.advanceAsync(3_500);
  await stop();
  assert.deepEqual(
    sent.map(({ atMs }) => atMs),
    [0, 1_000, 2_000, 3_000],
  );
  assert.deepEqual(sent[1]?.readings, { a: { atMs: 1_000, value: 1_000 }, b: { atMs: 1_000, value: 1_000 } });
});

test('a sensor that is not enabled is not read, and nothing is sent when nothing comes out', async () => {
  let reads = 0;
  const { clock, sent, stop } = run(
    {
      intervalMs: 1_000,
      sensors: { a: { enabled: false }, b: { preprocessing: [{ kind: 'deadBand', delta: 2_500 }] } },
    },
    { a: () => reads++ },
  );
  await clock.advanceAsync(4_500);
  await stop();
  assert.equal(reads, 0);
  assert.deepEqual(
    sent.map(({ readings }) => [readings['a'], readings['b']?.value]),
    [
      [undefined, 0],
      [undefined, 3_000],
    ],
  );
});

test('a new interval counts from the last round, also in the middle of a long wait', async () => {
  const { clock, sampler, sent, stop } = run({ intervalMs: 60_000 });
  await clock.advanceAsync(700);
  sampler.setInterval(500);
  await clock.advanceAsync(1_000);
  await stop();
  assert.deepEqual(
    sent.map(({ atMs }) => atMs),
    [0, 700, 1_000, 1_500],
  );
});

test('rounds that a slow sensor has missed are left out, and the others keep their beat', async () => {
  const slow: PromiseWithResolvers<number>[] = [];
  const { clock, sent, stop } = run(
    { intervalMs: 1_000 },
    {
      a: () => {
        if (slow.length > 0) return 1;
        const read = Promise.withResolvers<number>();
        slow.push(read);
        return read.promise;
      },
    },
  );
  await clock.advanceAsync(3_400);
  slow[0]?.resolve(1);
  await clock.advanceAsync(1_700);
  await stop();
  assert.deepEqual(
    sent.map(({ atMs }) => atMs),
    [3_400, 3_400, 4_000, 5_000],
  );
});

test('a sensor that fails is told once, leaves the others alone, and is told when it works again', async () => {
  const answers = [1, NaN, Infinity, new Error('unplugged'), 2];
  const read = async (): Promise<number> => {
    const answer = answers.shift();
    if (typeof answer !== 'number') throw answer;
    return answer;
  };
  const { clock, sent, health, stop } = run({ intervalMs: 1_000 }, { a: read });
  await clock.advanceAsync(4_500);
  await stop();
  assert.deepEqual(health, ['a fails', 'a works']);
  assert.deepEqual(
    sent.map(({ readings }) => readings['a']?.value),
    [1, undefined, undefined, undefined, 2],
  );
  assert.ok(sent.every(({ readings }) => readings['b'] !== undefined));
});

test('a new config starts the preprocessing of the sensors that it changes, and only of those', async () => {
  const preprocessing = [{ kind: 'window', durationMs: 3_000 }];
  const before = { intervalMs: 1_000, sensors: { a: { preprocessing }, b: { preprocessing } } };
  const { clock, sampler, sent, stop } = run(before);
  await clock.advanceAsync(1_500);
  sampler.configure(configOf({ ...before, sensors: { a: { preprocessing }, b: { preprocessing: [] } } }));
  await clock.advanceAsync(2_000);
  await stop();
  assert.deepEqual(
    sent.map(({ atMs, readings }) => [atMs, readings['a']?.window?.count, readings['b']?.value]),
    [
      [2_000, undefined, 2_000],
      [3_000, 3, 3_000],
    ],
  );
});

test('a sensor that never answers does not hold up the end, and what it says after it is not sent', async () => {
  const answer = Promise.withResolvers<number>();
  const { clock, sent, stop } = run({ intervalMs: 1_000 }, { b: () => answer.promise });
  await clock.advanceAsync(500);
  await stop();
  answer.resolve(1);
  await clock.advanceAsync(5_000);
  assert.deepEqual(sent, []);
});
