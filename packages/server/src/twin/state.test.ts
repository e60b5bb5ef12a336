import { LIMITS } from '@mkiot/core/contract/limits';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { pino } from 'pino';
import { deviceName, REGISTRY } from '../registry/registry.testing.ts';
import type { Database } from '../store/database.ts';
import { StateWriter } from './stateWriter.ts';
import { ADMIN, TwinBench } from './twin.testing.ts';

test('a state is stored before its PUBACK, and its time is noted', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const outcome = bench.publishState(bench.connect(device), 'on', 7);
  assert.deepEqual(outcome.acknowledged, []);
  await bench.stateWriter.idle();
  assert.deepEqual(outcome.acknowledged, [7]);
  assert.deepEqual(await bench.statesOf(device), ['on']);
  const nowMs = bench.registry.clock.now();
  assert.equal((await bench.states.stateOf(device.numId))?.updateMs, nowMs);
  assert.deepEqual((await bench.activities.read([device.numId])).get(device.numId), { state: nowMs });
});

test('a state at QoS 0 is stored too, without a PUBACK', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const outcome = bench.publishState(bench.connect(device), 'on');
  await bench.stateWriter.idle();
  assert.deepEqual([outcome.acknowledged, outcome.refusal], [[], undefined]);
  assert.deepEqual(await bench.statesOf(device), ['on']);
});

test('an empty state and one that is no text are stored as they are', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  bench.publishState(bench.connect(device), '', 1);
  const written = Promise.withResolvers<unknown>();
  bench.stateWriter.write(device.numId, bytes, 5, written.resolve);
  assert.equal(await written.promise, undefined);
  const [newest, older] = await bench.states.states(deviceName('pump-1'), 0);
  assert.deepEqual(newest, { updateMs: 5, payload: bytes });
  assert.equal(older?.payload.length, 0);
});

test('what the receive buffer holds later does not change a state', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const buffer = Buffer.from('on');
  bench.stateWriter.write(device.numId, buffer, 0, () => undefined);
  buffer.fill('x');
  await bench.stateWriter.idle();
  assert.deepEqual(await bench.statesOf(device), ['on']);
});

test('the last ten states are kept, for each device by itself', async () => {
  await using bench = await TwinBench.open();
  const [pump, valve] = [await bench.addDevice('pump-1'), await bench.addDevice('valve-1')];
  const sessions = [bench.connect(pump), bench.connect(valve)] as const;
  for (let number = 1; number <= 12; number++) {
    bench.publishState(sessions[0], `s${number}`, number);
    if (number <= 3) bench.publishState(sessions[1], `v${number}`, number);
    bench.registry.clock.advance(1_000);
    if (number % 5 === 0) await bench.stateWriter.idle();
  }
  await bench.stateWriter.idle();
  const newestFirst = Array.from({ length: LIMITS.statesKept }, (_, index) => `s${12 - index}`);
  assert.deepEqual(await bench.statesOf(pump), newestFirst);
  assert.deepEqual(await bench.statesOf(valve), ['v3', 'v2', 'v1']);
  assert.equal((await bench.states.states(deviceName('pump-1'), 4)).length, 4);
});

test('a device that never reported has no state', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  assert.equal(await bench.states.stateOf(device.numId), undefined);
  assert.deepEqual(await bench.statesOf(device), []);
  await assert.rejects(bench.states.states(deviceName('none'), 0), { code: 'DEVICE_NOT_FOUND' });
});

test('a state may be as large as the limit; a larger one closes the connection', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const session = bench.connect(device);
  bench.publishState(session, 'x'.repeat(LIMITS.stateBytes), 1);
  const outcome = bench.publishState(session, 'x'.repeat(LIMITS.stateBytes + 1), 2);
  await bench.stateWriter.idle();
  assert.equal(outcome.refusal?.code, 'STATE_TOO_LARGE');
  assert.deepEqual(outcome.acknowledged, []);
  assert.equal((await bench.statesOf(device)).length, 1);
});

test('a burst of three states passes, as of a library that reports "connected" first; the fourth closes', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const session = bench.connect(device);
  for (const [index, text] of ['connected', 'a', 'b'].entries()) {
    assert.equal(bench.publishState(session, text, index + 1).refusal, undefined);
  }
  const outcome = bench.publishState(session, 'c', 4);
  assert.equal(outcome.refusal?.status, 'RESOURCE_EXHAUSTED');
  assert.equal(
    outcome.refusal?.message,
    `The device "${device.numId}" could not be updated. Device state can be updated only once every 1s.`,
  );
  await bench.stateWriter.idle();
  assert.deepEqual(await bench.statesOf(device), ['b', 'a', 'connected']);
});

test('coming back does not give a device a new burst', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  for (let number = 1; number <= 3; number++) bench.publishState(bench.connect(device), 'x', number);
  assert.equal(bench.publishState(bench.connect(device), 'x', 4).refusal?.code, 'STATE_TOO_OFTEN');
  bench.registry.clock.advance(1_000);
  assert.equal(bench.publishState(bench.connect(device), 'x', 5).refusal, undefined);
});

test('where the registry is strict the second state of a second closes the connection', async () => {
  await using bench = await TwinBench.open();
  const { policy } = await bench.registry.registries.get(REGISTRY);
  await bench.registry.registries.patch(REGISTRY, { policy: { ...policy, strictStateRate: true } }, ADMIN);
  const device = await bench.addDevice('pump-1');
  const session = bench.connect(device);
  assert.equal(bench.publishState(session, 'a', 1).refusal, undefined);
  bench.registry.clock.advance(999);
  assert.equal(bench.publishState(session, 'b', 2).refusal?.code, 'STATE_TOO_OFTEN');
  bench.registry.clock.advance(1);
  assert.equal(bench.publishState(session, 'c', 3).refusal, undefined);
});

test('in any stretch of time a device stores one state a second and two more, and after a rest always one', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 2_500 }), { minLength: 1, maxLength: 60 });
  return fc.assert(
    fc.asyncProperty(gaps, async (waits) => {
      await using bench = await TwinBench.open();
      const { clock } = bench.registry;
      const device = await bench.addDevice('pump-1');
      const takenMs: number[] = [];
      for (const waitMs of waits) {
        clock.advance(waitMs);
        const idleMs = clock.now() - (takenMs.at(-1) ?? 0);
        const isTaken = bench.publishState(bench.connect(device), 'x').refusal === undefined;
        assert.ok(isTaken || idleMs < LIMITS.stateIntervalMs);
        if (isTaken) takenMs.push(clock.now());
      }
      for (const [first, fromMs] of takenMs.entries()) {
        for (const [last, toMs] of takenMs.entries()) {
          if (last >= first)
            assert.ok(last - first + 1 <= (toMs - fromMs) / LIMITS.stateIntervalMs + LIMITS.stateBurst);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test('states of one moment are one transaction', async () => {
  await using bench = await TwinBench.open();
  const devices = await Promise.all(Array.from({ length: 50 }, (_, index) => bench.addDevice(`pump-${index}`)));
  let transactions = 0;
  const counting: Pick<Database, 'transaction'> = {
    transaction(work) {
      transactions++;
      return bench.registry.database.transaction(work);
    },
  };
  const writer = new StateWriter(counting, pino({ level: 'silent' }));
  let stored = 0;
  for (const { numId } of devices) writer.write(numId, Buffer.from('on'), 0, () => stored++);
  await writer.idle();
  assert.deepEqual([transactions, stored], [1, 50]);
  assert.deepEqual(await bench.statesOf(devices[49]!), ['on']);
});

test('more states than one transaction takes are all stored, in order', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  let stored = 0;
  for (let number = 0; number < 2_500; number++) {
    bench.stateWriter.write(device.numId, Buffer.from(`s${number}`), number, (refusal) => {
      assert.equal(refusal, undefined);
      stored++;
    });
  }
  await bench.stateWriter.idle();
  assert.equal(stored, 2_500);
  assert.deepEqual((await bench.statesOf(device)).slice(0, 2), ['s2499', 's2498']);
});

test('a device that is deleted while its state waits does not keep the others from the disk', async () => {
  await using bench = await TwinBench.open();
  const [gone, kept] = [await bench.addDevice('pump-1'), await bench.addDevice('pump-2')];
  const deletion = bench.registry.devices.delete(deviceName('pump-1'), ADMIN);
  bench.publishState(bench.connect(gone), 'late', 1);
  const outcome = bench.publishState(bench.connect(kept), 'on', 1);
  await deletion;
  await bench.stateWriter.idle();
  assert.deepEqual(outcome.acknowledged, [1]);
  assert.deepEqual(await bench.statesOf(kept), ['on']);
  assert.equal(await bench.states.stateOf(gone.numId), undefined);
});

test('a state that cannot be stored closes its connection without a PUBACK, and the next one is stored', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const { executor } = bench.registry.database;
  await sql`alter table device_state rename to elsewhere`.execute(executor);
  const failed = bench.publishState(bench.connect(device), 'lost', 1);
  await bench.stateWriter.idle();
  assert.deepEqual([failed.acknowledged, failed.refusal?.code], [[], 'STATE_NOT_STORED']);
  await sql`alter table elsewhere rename to device_state`.execute(executor);
  const stored = bench.publishState(bench.connect(device), 'on', 2);
  await bench.stateWriter.idle();
  assert.deepEqual(stored.acknowledged, [2]);
  assert.deepEqual(await bench.statesOf(device), ['on']);
});

test('when too much waits for the disk a state is refused, and taken again when it has been written', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const payload = new Uint8Array(LIMITS.stateBytes);
  const codes: (string | undefined)[] = [];
  const write = () => bench.stateWriter.write(device.numId, payload, 0, (refusal) => codes.push(refusal?.code));
  for (let number = 0; number < 257; number++) write();
  assert.deepEqual(codes, ['STATE_BACKLOG_FULL']);
  await bench.stateWriter.idle();
  assert.equal(codes.length, 257);
  write();
  await bench.stateWriter.idle();
  assert.equal(codes.at(-1), undefined);
});
