import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { deviceName, PLACE, REGISTRY, registryBench } from './registry.testing.ts';
import type { CredentialFields, DeviceChange } from './model.ts';

const PRINCIPAL = 'token:1 (tests)';
const FIRST_PAGE = { pageSize: 0, pageToken: '' };

function newKey(expiresAtMs?: number): CredentialFields {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { format: 'ES256_PEM', pem: publicKey.export({ type: 'spki', format: 'pem' }), expiresAtMs };
}

test('a device is found by its id and by its numeric id, which has 16 digits and starts with 2 or 3', async () => {
  await using bench = await registryBench();
  const created = await bench.devices.create(deviceName('pump-1'), { metadata: { site: 'north' } }, PRINCIPAL);
  assert.match(String(created.numId), /^[23][0-9]{15}$/);
  assert.deepEqual(await bench.devices.get(deviceName('pump-1')), created);
  assert.deepEqual(await bench.devices.get(deviceName(String(created.numId))), created);
  assert.deepEqual(await bench.devices.findDeviceByNumId(created.numId), created);
  assert.deepEqual(created.metadata, { site: 'north' });
  assert.equal(created.registry.id, REGISTRY.registry);
});

test('a device of another registry is not found, neither by id nor by numeric id', async () => {
  await using bench = await registryBench();
  const elsewhere = { ...PLACE, registry: 'valves' };
  await bench.registries.create(elsewhere, {}, PRINCIPAL);
  const { numId } = await bench.devices.create(deviceName('pump-1'), {}, PRINCIPAL);
  assert.equal(bench.devices.findDevice({ ...elsewhere, device: 'pump-1' }), undefined);
  assert.equal(bench.devices.findDevice({ ...elsewhere, device: String(numId) }), undefined);
  assert.equal(bench.devices.findDevice({ ...PLACE, registry: 'absent', device: 'pump-1' }), undefined);
  const twin = await bench.devices.create({ ...elsewhere, device: 'pump-1' }, {}, PRINCIPAL);
  assert.notEqual(twin.numId, numId);
});

test('ids differ by case, and a taken one is refused', async () => {
  await using bench = await registryBench();
  await bench.devices.create(deviceName('pump-1'), {}, PRINCIPAL);
  await bench.devices.create(deviceName('Pump-1'), {}, PRINCIPAL);
  await assert.rejects(bench.devices.create(deviceName('pump-1'), {}, PRINCIPAL), { code: 'DEVICE_EXISTS' });
});

for (const id of ['', 'ab', '1pump', 'google-pump', 'pump 1', 'pump/1', 'pümpe', 'p'.repeat(256), '2345678901234567']) {
  test(`the device id ${JSON.stringify(id.slice(0, 20))} is refused`, async () => {
    await using bench = await registryBench();
    await assert.rejects(bench.devices.create(deviceName(id), {}, PRINCIPAL), { code: 'RESOURCE_ID_UNFIT' });
  });
}

test('a numeric id is never given out twice, also not after its device was deleted', async () => {
  let draws = 0;
  // Draws 0, 0, 1: the second device must not get what the first one had.
  await using bench = await registryBench({
    randomFill: (bytes) => {
      new DataView(bytes.buffer).setBigUint64(0, BigInt(Math.floor(draws++ / 2)));
      return bytes;
    },
  });
  const first = await bench.devices.create(deviceName('pump-1'), {}, PRINCIPAL);
  await bench.devices.delete(deviceName('pump-1'), PRINCIPAL);
  const second = await bench.devices.create(deviceName('pump-1'), {}, PRINCIPAL);
  assert.deepEqual([first.numId, second.numId], [2_000_000_000_000_000, 2_000_000_000_000_001]);
  assert.equal(draws, 3);
});

test('a key that stays keeps its credential id; a removed one is gone and its id is not used again', async () => {
  await using bench = await registryBench();
  const [first, second, third] = [newKey(), newKey(), newKey()];
  const created = await bench.devices.create(deviceName('pump-1'), { credentials: [first, second] }, PRINCIPAL);
  const ids = created.credentials.map((credential) => credential.id);
  const patched = await bench.devices.patch(
    deviceName('pump-1'),
    { credentials: [third, { ...first, expiresAtMs: 5_000 }] },
    PRINCIPAL,
  );
  assert.deepEqual(
    patched.credentials.map(({ pem, expiresAtMs }) => ({ pem, expiresAtMs })),
    [
      { pem: third.pem, expiresAtMs: undefined },
      { pem: first.pem, expiresAtMs: 5_000 },
    ],
  );
  assert.equal(patched.credentials[1]!.id, ids[0]);
  assert.ok(!ids.includes(patched.credentials[0]!.id));
  const restored = await bench.devices.patch(deviceName('pump-1'), { credentials: [second] }, PRINCIPAL);
  assert.ok(restored.credentials[0]!.id > patched.credentials[0]!.id);
});

test('a patch leaves alone what it does not name', async () => {
  await using bench = await registryBench();
  const created = await bench.devices.create(
    deviceName('pump-1'),
    { metadata: { site: 'north' }, credentials: [newKey()], logLevel: 'DEBUG' },
    PRINCIPAL,
  );
  const patched = await bench.devices.patch(deviceName('pump-1'), { blocked: true }, PRINCIPAL);
  assert.deepEqual(patched, { ...created, blocked: true });
});

test('listeners are told of creation, change and deletion after the commit', async () => {
  await using bench = await registryBench();
  const told: DeviceChange[] = [];
  const stop = bench.devices.changes.listen((change) => told.push(change));
  const device = await bench.devices.create(deviceName('pump-1'), {}, PRINCIPAL);
  await bench.devices.patch(deviceName('pump-1'), { blocked: true }, PRINCIPAL);
  await bench.devices.delete(deviceName('pump-1'), PRINCIPAL);
  assert.deepEqual(told, [
    { numId: device.numId, device },
    { numId: device.numId, device: { ...device, blocked: true } },
    { numId: device.numId, device: undefined },
  ]);
  await assert.rejects(bench.devices.delete(deviceName('pump-1'), PRINCIPAL), { code: 'DEVICE_NOT_FOUND' });
  stop();
  await bench.devices.create(deviceName('pump-2'), {}, PRINCIPAL);
  assert.equal(told.length, 3);
});

test('what is stored beside a new device is stored with it or not at all', async () => {
  const configs: string[] = [];
  await using bench = await registryBench({
    created: [
      async (executor, device, config) => {
        assert.ok(executor.isTransaction);
        configs.push(`${device.id}: ${Buffer.from(config).toString()}`);
        if (device.id === 'pump-2') throw new Error('no');
      },
    ],
  });
  await bench.devices.create(deviceName('pump-1'), { config: Buffer.from('fast') }, PRINCIPAL);
  await assert.rejects(bench.devices.create(deviceName('pump-2'), {}, PRINCIPAL), { message: 'no' });
  assert.deepEqual(configs, ['pump-1: fast', 'pump-2: ']);
  assert.equal(bench.devices.findDevice(deviceName('pump-2')), undefined);
  assert.equal((await bench.auditTrail.list(1))[0]?.resource.endsWith('pump-1'), true);
});

test('rows of other tables that hang on a device go with it', async () => {
  await using bench = await registryBench({
    migrations: {
      '0250-test': {
        up: (db) =>
          sql`create table note (num_id integer references device (num_id) on delete cascade)`
            .execute(db)
            .then(() => undefined),
      },
    },
  });
  const { numId } = await bench.devices.create(deviceName('pump-1'), { credentials: [newKey()] }, PRINCIPAL);
  await sql`insert into note values (${numId})`.execute(bench.database.executor);
  await bench.devices.delete(deviceName(String(numId)), PRINCIPAL);
  for (const table of ['note', 'device_credential', 'device']) {
    const { rows } = await sql`select * from ${sql.table(table)}`.execute(bench.database.executor);
    assert.deepEqual(rows, [], table);
  }
});

test('the audit trail tells every change, and of keys and configs only their digests', async () => {
  await using bench = await registryBench();
  const key = newKey();
  await bench.devices.create(
    deviceName('pump-1'),
    { credentials: [key], config: Buffer.from('hush'), metadata: { site: 'north' } },
    PRINCIPAL,
  );
  await bench.devices.patch(deviceName('pump-1'), { blocked: true }, PRINCIPAL);
  await bench.devices.delete(deviceName('pump-1'), PRINCIPAL);
  const [deleted, updated, created] = await bench.auditTrail.list(3);
  assert.deepEqual(
    [created, updated, deleted].map((entry) => [entry?.action, entry?.principal, entry?.resource]),
    ['createDevice', 'updateDevice', 'deleteDevice'].map((action) => [
      action,
      PRINCIPAL,
      'projects/mkiot-abc123/locations/local/registries/pumps/devices/pump-1',
    ]),
  );
  assert.deepEqual([updated?.before, updated?.after], [{ blocked: false }, { blocked: true }]);
  assert.equal(created?.before, undefined);
  assert.equal(deleted?.after, undefined);
  const text = JSON.stringify([created, updated, deleted]);
  assert.ok(!text.includes(key.pem.split('\n')[1]!), 'no key');
  assert.ok(!text.includes('hush') && !text.includes(Buffer.from('hush').toString('base64')), 'no config');
  assert.ok(text.includes(`"length":${key.pem.length}`) && text.includes('"length":4'));
});

test('pages of a list join to the whole, in the order of ids, also when devices come and go between', async () => {
  await using bench = await registryBench();
  for (let index = 10; index < 17; index++) await bench.devices.create(deviceName(`pump-${index}`), {}, PRINCIPAL);
  const first = await bench.devices.list(REGISTRY, {}, { pageSize: 3, pageToken: '' });
  await bench.devices.delete(deviceName('pump-12'), PRINCIPAL);
  await bench.devices.create(deviceName('pump-00'), {}, PRINCIPAL);
  const second = await bench.devices.list(REGISTRY, {}, { pageSize: 3, pageToken: first.nextPageToken });
  const third = await bench.devices.list(REGISTRY, {}, { pageSize: 3, pageToken: second.nextPageToken });
  assert.deepEqual(
    [first, second, third].map((page) => page.items.map((device) => device.id.slice(5))),
    [['10', '11', '12'], ['13', '14', '15'], ['16']],
  );
  assert.equal(third.nextPageToken, '');
  for (const pageToken of ['*', 'A', '_w']) {
    await assert.rejects(bench.devices.list(REGISTRY, {}, { pageSize: 3, pageToken }), {
      code: 'PAGE_TOKEN_MALFORMED',
    });
  }
});

test('a list is narrowed to ids, numeric ids, both together, and gateways', async () => {
  await using bench = await registryBench();
  const numIds: number[] = [];
  for (const id of ['aaa', 'bbb', 'ccc']) {
    numIds.push((await bench.devices.create(deviceName(id), { credentials: [newKey()] }, PRINCIPAL)).numId);
  }
  await bench.devices.create(deviceName('gateway'), { gatewayType: 'GATEWAY' }, PRINCIPAL);
  const idsOf = async (filter: Parameters<typeof bench.devices.list>[1]): Promise<string[]> =>
    (await bench.devices.list(REGISTRY, filter, FIRST_PAGE)).items.map((device) => device.id);
  assert.deepEqual(await idsOf({ ids: ['bbb', 'nobody'] }), ['bbb']);
  assert.deepEqual(await idsOf({ numIds: [numIds[2]!] }), ['ccc']);
  assert.deepEqual(await idsOf({ ids: ['aaa'], numIds: [numIds[2]!] }), ['aaa', 'ccc']);
  assert.deepEqual(await idsOf({ ids: [] }), []);
  assert.deepEqual(await idsOf({ isGateway: true }), ['gateway']);
  assert.deepEqual(await idsOf({ isGateway: false }), ['aaa', 'bbb', 'ccc']);
  const { items } = await bench.devices.list(REGISTRY, {}, FIRST_PAGE);
  assert.deepEqual(
    items.map((device) => device.credentials.length),
    [1, 1, 1, 0],
  );
  const tooMany = Array.from({ length: 10_001 }, (_, index) => `pump-${index}`);
  assert.deepEqual(await idsOf({ ids: tooMany.slice(1) }), []);
  await assert.rejects(idsOf({ ids: tooMany }), { code: 'TOO_MANY_IDS' });
});

test('devices survive a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-registry-'));
  try {
    const file = join(folder, 'test.db');
    const before = await registryBench({ file });
    const created = await before.devices.create(deviceName('pump-1'), { credentials: [newKey(7_000)] }, PRINCIPAL);
    await before.database.close();
    await using after = await registryBench({ file });
    assert.deepEqual(await after.devices.get(deviceName('pump-1')), created);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('looking up a device that is not there still finds its registry, by either kind of id', async () => {
  await using bench = await registryBench();
  const registry = await bench.registries.find(REGISTRY);
  for (const device of ['absent', '2345678901234567']) {
    assert.deepEqual(bench.devices.lookUp(deviceName(device)), { registry, device: undefined });
    const elsewhere = { ...PLACE, registry: 'absent', device };
    assert.deepEqual(bench.devices.lookUp(elsewhere), { registry: undefined, device: undefined });
  }
});

test('a device is looked up with all its keys in their order, and without one, but for its metadata', async () => {
  await using bench = await registryBench();
  const credentials = [newKey(), newKey(9_000_000_000_000), newKey()];
  for (const [id, fields] of [
    ['pump-1', { credentials }],
    ['pump-2', {}],
  ] as const) {
    const created = await bench.devices.create(deviceName(id), fields, PRINCIPAL);
    const { registry, device } = bench.devices.lookUp(deviceName(id));
    const { metadata: _, ...atLogin } = created;
    assert.deepEqual(device, atLogin);
    assert.deepEqual(registry, created.registry);
  }
});
