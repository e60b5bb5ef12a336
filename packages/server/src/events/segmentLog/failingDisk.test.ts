import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { FileSystem } from '../../runtime/fileSystem.ts';
import type { Call, Operation } from '../../runtime/memoryFileSystem.testing.ts';
import { appendAll, Appender, NOON, payloadsFrom, PUMP } from '../appended.testing.ts';
import type { EventLog } from '../eventLog.ts';
import { LogBench } from './segmentLog.testing.ts';

const RETRY_MS = 1_000;

const failingAt =
  (...operations: readonly Operation[]) =>
  ({ operation }: Call) =>
    operations.includes(operation) ? ({ code: 'ENOSPC', share: 0.5 } as const) : undefined;

function drained(log: EventLog): Promise<void> {
  return new Promise((resolve) => log.onDrained(resolve));
}

/** A log with one event on a disk that begins to fail at the next commit, which has been told so. */
async function failingLog(...operations: readonly Operation[]) {
  const bench = new LogBench();
  const log = await bench.open();
  await appendAll(log, ['before']);
  bench.fileSystem.failing = failingAt(...operations);
  const appender = new Appender();
  appender.append(log, 'lost 1');
  appender.append(log, 'lost 2');
  await appender.allTold();
  return { bench, log, appender };
}

/** A log on a disk whose every sync waits for `release`, or for `fail`. */
async function slowLog() {
  const bench = new LogBench();
  let syncing = Promise.withResolvers<void>();
  const { fileSystem } = bench;
  const slow: FileSystem = {
    open: async (path, access) => {
      const file = await fileSystem.open(path, access);
      const sync = async (): Promise<void> => {
        syncing = Promise.withResolvers<void>();
        await syncing.promise;
        await file.sync();
      };
      return access === 'read' ? file : { ...file, sync };
    },
    list: (directory) => fileSystem.list(directory),
    makeDirectory: (directory) => fileSystem.makeDirectory(directory),
    removeFile: (path) => fileSystem.removeFile(path),
    removeDirectory: (directory) => fileSystem.removeDirectory(directory),
    syncDirectory: (directory) => fileSystem.syncDirectory(directory),
  };
  const fail = (): void => syncing.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
  return { bench, log: await bench.open({ fileSystem: slow }), release: () => syncing.resolve(), fail };
}

for (const operation of ['write', 'sync'] as const) {
  test(`when a ${operation} fails, all of the batch is told so and none of it acknowledged`, async () => {
    const { bench, log, appender } = await failingLog(operation);
    assert.deepEqual(appender.committedTags, []);
    assert.deepEqual(
      appender.failures.map(({ tag, error }) => [tag, (error as { code: string }).code]),
      [
        [1, 'EVENT_LOG_WRITE_FAILED'],
        [2, 'EVENT_LOG_WRITE_FAILED'],
      ],
    );
    assert.deepEqual(bench.told, ['EVENT_LOG_WRITE_FAILED']);
    assert.match(log.problem?.message ?? '', /\/data\/events.*ENOSPC/);
    assert.equal(log.saturated, true);
    assert.equal(log.lastCommitted, 1);
    assert.deepEqual(await payloadsFrom(log), ['before']);
  });

  test(`after a failed ${operation} the log mends itself, and what waited meanwhile is stored`, async () => {
    const { bench, log } = await failingLog(operation);
    const waiting = new Appender();
    waiting.append(log, 'waited');
    await bench.clock.advanceAsync(3 * RETRY_MS);
    assert.deepEqual(
      [waiting.committedTags, waiting.failures],
      [[], []],
      'a problem that lasts is told to nobody twice',
    );
    assert.deepEqual(bench.told, ['EVENT_LOG_WRITE_FAILED']);

    bench.fileSystem.failing = () => undefined;
    await bench.clock.advanceAsync(4 * RETRY_MS);
    await waiting.allTold();
    assert.deepEqual(waiting.committedTags, [1]);
    await drained(log);
    assert.equal(log.problem, undefined);
    assert.equal(log.saturated, false);
    assert.deepEqual(bench.told, ['EVENT_LOG_WRITE_FAILED', 'recovered']);
    await appendAll(log, ['after']);
    assert.deepEqual(await payloadsFrom(log), ['before', 'waited', 'after']);
    await log.close();
    assert.deepEqual(await payloadsFrom(await bench.open()), ['before', 'waited', 'after']);
    assert.deepEqual(bench.told, ['EVENT_LOG_WRITE_FAILED', 'recovered'], 'nothing torn is left behind');
  });
}

test('what a failed sync has left is not there for the next process, though the kernel still shows it to this one', async () => {
  for (const share of [0, 0.5, 1]) {
    const bench = new LogBench();
    const log = await bench.open();
    await appendAll(log, ['before']);
    let syncs = 0;
    bench.fileSystem.failing = ({ operation }) =>
      operation === 'sync' && syncs++ === 0 ? { code: 'EIO', share } : undefined;
    const appender = new Appender();
    appender.append(log, 'never stored');
    await appender.allTold();
    assert.equal(appender.failures.length, 1);
    // The process is killed here, before it tries to mend the log.
    const next = await bench.open();
    assert.deepEqual(await payloadsFrom(next), ['before']);
    await appendAll(next, ['after']);
    bench.fileSystem = bench.fileSystem.powerCut(() => 0);
    assert.deepEqual(await payloadsFrom(await bench.open()), ['before', 'after']);
  }
});

test('who is told of a failure has nothing stored that it sent after it; others keep what waits', async () => {
  const { bench, log, release, fail } = await slowLog();
  const failed = new Appender();
  const other = new Appender();
  failed.append(log, 'failed 1');
  await bench.clock.advanceAsync(0);
  // The disk is at work on it while these come.
  failed.append(log, 'failed 2');
  other.append(log, 'other 1');
  failed.append(log, 'failed 3 '.padEnd(300, '.'));
  log.append(PUMP, '', Buffer.from('nobody waits'), NOON, undefined, 0);
  other.append(log, 'other 2');
  fail();
  await failed.allTold();
  assert.deepEqual(
    failed.failures.map(({ tag }) => tag),
    [1, 2, 3],
  );
  const again = new Appender();
  for (const payload of ['failed 1', 'failed 2', 'failed 3']) again.append(log, payload);
  while (other.committedTags.length + again.committedTags.length < 5) {
    await bench.clock.advanceAsync(RETRY_MS);
    release();
  }
  assert.deepEqual(other.failures, []);
  const kept = ['other 1', 'nobody waits', 'other 2', 'failed 1', 'failed 2', 'failed 3'];
  assert.deepEqual(await payloadsFrom(log), kept);
});

test('tries come at ever longer intervals', async () => {
  const { bench } = await failingLog('sync');
  const triesWithin = async (durationMs: number): Promise<number> => {
    let tries = 0;
    bench.fileSystem.failing = (call) => {
      if (call.operation === 'truncate') tries++;
      return failingAt('sync')(call);
    };
    await bench.clock.advanceAsync(durationMs);
    return tries;
  };
  assert.equal(await triesWithin(RETRY_MS - 1), 0);
  assert.equal(await triesWithin(1), 1);
  assert.equal(await triesWithin(60 * RETRY_MS), 5, 'after 2, 4, 8, 16 and 30 seconds more');
  assert.equal(await triesWithin(60 * RETRY_MS), 2);
});

test('a disk that takes no bytes is not taken for mended because it can cut them off', async () => {
  const { bench, log } = await failingLog('write');
  await bench.clock.advanceAsync(RETRY_MS);
  assert.notEqual(log.problem, undefined);
  assert.equal(log.saturated, true);
});

test('when a new segment cannot be made the log mends itself', async () => {
  for (const operation of ['makeDirectory', 'open', 'syncDirectory'] as const) {
    for (const share of [0, 1]) {
      const bench = new LogBench();
      const log = await bench.open();
      await appendAll(log, ['before']);
      bench.fileSystem.failing = (call) => (call.operation === operation ? { code: 'EIO', share } : undefined);
      const appender = new Appender();
      appender.append(log, 'lost', NOON + 86_400_000);
      await appender.allTold();
      assert.equal(appender.failures.length, 1);
      bench.fileSystem.failing = () => undefined;
      await bench.clock.advanceAsync(RETRY_MS);
      await drained(log);
      await appendAll(log, ['after'], NOON + 86_400_000);
      assert.deepEqual(await payloadsFrom(log), ['before', 'after'], `${operation} ${share}`);
      await log.close();

      const again = await bench.open();
      assert.deepEqual(await payloadsFrom(again), ['before', 'after'], `${operation} ${share}, opened again`);
      await appendAll(again, ['last']);
      assert.equal(again.lastCommitted, 3);
    }
  }
});

test('a segment that was made although the disk said no is not taken for the last one after a restart', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  await appendAll(log, ['today']);
  bench.fileSystem.failing = ({ operation }) => (operation === 'open' ? { code: 'EIO', share: 1 } : undefined);
  const appender = new Appender();
  appender.append(log, 'lost', NOON + 86_400_000);
  await appender.allTold();
  bench.fileSystem.failing = () => undefined;
  await bench.clock.advanceAsync(RETRY_MS);
  await drained(log);
  await appendAll(log, ['today again']);
  await log.close();
  const again = await bench.open();
  assert.equal(again.lastCommitted, 2);
  assert.deepEqual(await payloadsFrom(again), ['today', 'today again']);
});

test('closing gives a failing disk one more try, and tells the rest that it was not stored', async () => {
  const { bench, log } = await failingLog('sync');
  const waiting = new Appender();
  waiting.append(log, 'waiting');
  await log.close();
  assert.equal(waiting.failures.length, 1);
  bench.fileSystem.failing = () => undefined;

  const mended = await failingLog('sync');
  const saved = new Appender();
  saved.append(mended.log, 'waiting');
  mended.bench.fileSystem.failing = () => undefined;
  await mended.log.close();
  assert.deepEqual(saved.committedTags, [1]);
  assert.deepEqual(await payloadsFrom(await mended.bench.open()), ['before', 'waiting']);
});

test('a disk that takes two seconds a sync is told once, acknowledges nothing before, and is over when it is quick', async () => {
  const { bench, log, release } = await slowLog();
  const appender = new Appender();
  for (let event = 1; event <= 3; event++) {
    appender.append(log, `${event}`);
    await bench.clock.advanceAsync(2_000);
    assert.equal(appender.committedTags.length, event - 1, 'nothing unsynced is acknowledged');
    assert.deepEqual(bench.told, ['EVENT_LOG_SLOW']);
    assert.equal(log.slowness?.code, 'EVENT_LOG_SLOW');
    assert.ok(log.waitingBytes > 0);
    release();
    await appender.allTold();
  }
  assert.equal(log.waitingBytes, 0);
  await bench.clock.advanceAsync(60_000);
  assert.deepEqual([bench.told, log.slowness], [['EVENT_LOG_SLOW', 'recovered'], undefined]);
});

test('events that come while a commit runs go to disk together in the next one', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  const appender = new Appender();
  let syncs = 0;
  bench.fileSystem.failing = ({ operation }) => {
    if (operation !== 'sync') return undefined;
    // While the first commit syncs, ten events come one by one.
    if (syncs++ === 0) for (let event = 0; event < 10; event++) appender.append(log, `${event}`);
    return undefined;
  };
  appender.append(log, 'first');
  await turn();
  await appender.allTold();
  assert.equal(appender.committedTags.length, 11);
  assert.equal(syncs, 2);
});

test('whatever fails and recovers, what is acknowledged is there after a power cut', async () => {
  const anyFailure = fc.record({
    at: fc.nat(70),
    code: fc.constantFrom('EIO' as const, 'ENOSPC' as const),
    share: fc.constantFrom(0, 0.5, 1),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyFailure, { maxLength: 6 }),
      fc.array(fc.nat(), { minLength: 1 }),
      async (failures, luck) => {
        const bench = new LogBench();
        bench.segmentBytes = 500;
        const log = await bench.open();
        let calls = 0;
        bench.fileSystem.failing = () => {
          const call = calls++;
          return failures.find(({ at }) => at === call);
        };
        const appender = new Appender();
        for (let event = 1; event <= 12; event++) {
          appender.append(log, `event ${event}`.padEnd(120), NOON + (event % 2) * 86_400_000);
          while (appender.committedTags.length + appender.failures.length < event)
            await bench.clock.advanceAsync(30_000);
        }
        bench.fileSystem.failing = () => undefined;
        let draw = 0;
        bench.fileSystem = bench.fileSystem.powerCut((count) => (luck[draw++ % luck.length] as number) % count);
        const again = await bench.open();
        await appendAll(again, ['event 13']);
        const found = (await payloadsFrom(again)).map((payload) => Number(payload.split(' ')[1]));
        for (const tag of [...appender.committedTags, 13]) assert.ok(found.includes(tag), `event ${tag}`);
        assert.deepEqual(
          found,
          [...new Set(found)].toSorted((a, b) => a - b),
        );
      },
    ),
    { numRuns: 60 },
  );
});
