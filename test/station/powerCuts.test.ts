import assert from 'node:assert/strict';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { CutPlan, cutEverywhere } from './cutEverywhere.ts';

const RUNS: readonly Omit<CutPlan, 'cuts'>[] = [
  { name: 'esp32', profile: 'production', encryption: 'host' },
  { name: 'esp32s3', profile: 'production', encryption: 'host' },
  { name: 'esp32c3', profile: 'development', encryption: 'host' },
  { name: 'esp32', profile: 'production', encryption: 'first-boot' },
  { name: 'esp32s3', profile: 'production', encryption: 'first-boot' },
];

/** How many moments are tried of all runs together: a few in every run of the tests. */
const CUTS = Number(process.env['MKIOT_STATION_CUTS'] ?? 15);

type Cuts = Awaited<ReturnType<typeof cutEverywhere>>;

test('a power cut at any moment', { concurrency: availableParallelism() }, async (t) => {
  await Promise.all(
    RUNS.map((run) => {
      const { name, profile, encryption } = run;
      return t.test(`leaves an ${name} for ${profile}, encrypted by ${encryption}, to a second run`, async () => {
        const workerData: CutPlan = { ...run, cuts: Math.ceil(CUTS / RUNS.length) };
        const worker = new Worker(new URL('./cutWorker.ts', import.meta.url), { workerData });
        const [{ cuts, unusable }] = (await once(worker, 'message')) as [Cuts];
        await worker.terminate();
        t.diagnostic(`${name}, ${encryption}: ${cuts} cuts, of no use: ${unusable.join(', ') || 'none'}`);
        assert.ok(encryption === 'first-boot' || unusable.length === 0);
      });
    }),
  );
});
