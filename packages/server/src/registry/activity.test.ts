import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { DeviceActivities } from './activity.ts';
import { deviceName, registryBench, type RegistryBench } from './registry.testing.ts';

function activitiesOf(bench: RegistryBench): DeviceActivities {
  return new DeviceActivities(bench.database, bench.clock, assert.ifError);
}

async function writtenRows(bench: RegistryBench): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await sql<Record<string, unknown>>`select * from device_activity`.execute(bench.database.executor);
  return rows.map((row) => ({ ...row }));
}

test('what a device does is read at once and written every five seconds, the newest of each kind', async () => {
  await using bench = await registryBench();
  const { numId } = await bench.devices.create(deviceName('pump-1'), {}, 'local:test');
  const activities = activitiesOf(bench);
  activities.mark(numId, 'event', 1_000);
  activities.mark(numId, 'event', 2_000);
  activities.markError(numId, { code: 8, message: 'too fast' }, 3_000);
  const error = { atMs: 3_000, status: { code: 8, message: 'too fast' } };
  assert.deepEqual((await activities.read([numId])).get(numId), { event: 2_000, error });

  await bench.clock.advanceAsync(4_999);
  assert.deepEqual(await writtenRows(bench), []);
  await bench.clock.advanceAsync(1);
  await activities.flush();
  assert.deepEqual(await writtenRows(bench), [
    {
      num_id: numId,
      last_heartbeat_ms: null,
      last_event_ms: 2_000,
      last_state_ms: null,
      last_config_ack_ms: null,
      last_config_send_ms: null,
      last_error_ms: 3_000,
      last_error_code: 8,
      last_error_message: 'too fast',
      last_gateway_ms: null,
      last_gateway_id: null,
    },
  ]);
  activities.mark(numId, 'heartbeat', 6_000);
  assert.deepEqual((await activities.read([numId])).get(numId), { event: 2_000, heartbeat: 6_000, error });
  await activities.close();
  assert.deepEqual((await activities.read([numId])).get(numId), { event: 2_000, heartbeat: 6_000, error });
});

test('the gateway that a device went through last is read at once, and after it was written', async () => {
  await using bench = await registryBench();
  const { numId } = await bench.devices.create(deviceName('pump-1'), {}, 'local:test');
  const activities = activitiesOf(bench);
  activities.markGateway(numId, 'hub-1', 1_000);
  activities.markGateway(numId, 'hub-2', 2_000);
  const gateway = { id: 'hub-2', atMs: 2_000 };
  assert.deepEqual((await activities.read([numId])).get(numId), { gateway });
  await activities.close();
  assert.deepEqual((await activitiesOf(bench).read([numId])).get(numId), { gateway });
});

test('a device of which nothing is known has no activity', async () => {
  await using bench = await registryBench();
  assert.deepEqual((await activitiesOf(bench).read([7])).get(7), {});
});

test('what is marked while a batch is being written is not lost', async () => {
  await using bench = await registryBench();
  const { numId } = await bench.devices.create(deviceName('pump-1'), {}, 'local:test');
  const activities = activitiesOf(bench);
  activities.mark(numId, 'event', 1_000);
  const writing = activities.flush();
  activities.mark(numId, 'event', 2_000);
  activities.mark(numId, 'state', 2_000);
  await writing;
  assert.deepEqual((await activities.read([numId])).get(numId), { event: 2_000, state: 2_000 });
  await activities.close();
  assert.equal((await writtenRows(bench))[0]?.['last_event_ms'], 2_000);
});

test('a device deleted before its activity was written does not stop the batch', async () => {
  await using bench = await registryBench();
  const [gone, stays] = [
    await bench.devices.create(deviceName('pump-1'), {}, 'local:test'),
    await bench.devices.create(deviceName('pump-2'), {}, 'local:test'),
  ];
  const activities = activitiesOf(bench);
  activities.mark(gone.numId, 'event', 1_000);
  activities.mark(stays.numId, 'event', 1_000);
  await bench.devices.delete(deviceName('pump-1'), 'local:test');
  await activities.close();
  assert.deepEqual(
    (await writtenRows(bench)).map((row) => row['num_id']),
    [stays.numId],
  );
});

test('a batch that cannot be written is told and written later', async () => {
  await using bench = await registryBench();
  const { numId } = await bench.devices.create(deviceName('pump-1'), {}, 'local:test');
  const failures: unknown[] = [];
  const activities = new DeviceActivities(bench.database, bench.clock, (error) => failures.push(error));
  await sql`alter table device_activity rename to hidden`.execute(bench.database.executor);
  activities.mark(numId, 'event', 1_000);
  await activities.flush();
  assert.equal(failures.length, 1);
  await sql`alter table hidden rename to device_activity`.execute(bench.database.executor);
  await bench.clock.advanceAsync(5_000);
  await activities.close();
  assert.equal((await writtenRows(bench))[0]?.['last_event_ms'], 1_000);
  assert.equal(failures.length, 1);
});

test('more devices than fit into one write are all written', async () => {
  await using bench = await registryBench();
  const activities = activitiesOf(bench);
  await sql`
    insert into issued_num_id
    with recursive n (num_id) as (select 1 union all select num_id + 1 from n where num_id < 2500) select * from n
  `.execute(bench.database.executor);
  await sql`insert into device select num_id, 1, 'pump-' || num_id, 0, '{}', '', '', '' from issued_num_id`.execute(
    bench.database.executor,
  );
  for (let numId = 1; numId <= 2_500; numId++) activities.mark(numId, 'event', numId);
  await activities.close();
  const rows = await writtenRows(bench);
  assert.equal(rows.length, 2_500);
  assert.ok(rows.every((row) => row['num_id'] === row['last_event_ms']));
});

test('activity survives a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-activity-'));
  try {
    const file = join(folder, 'test.db');
    const before = await registryBench({ file });
    const { numId } = await before.devices.create(deviceName('pump-1'), {}, 'local:test');
    const activities = activitiesOf(before);
    activities.mark(numId, 'configAck', 1_000);
    await activities.close();
    await before.database.close();
    await using after = await registryBench({ file });
    assert.deepEqual((await activitiesOf(after).read([numId])).get(numId), { configAck: 1_000 });
  } finally {
    await rm(folder, { recursive: true });
  }
});
