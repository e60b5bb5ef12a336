import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { GatewayBindings } from './gatewayBindings.ts';
import type { DeviceRecord } from './model.ts';
import { deviceName, PLACE, REGISTRY, type RegistryBench, registryBench } from './registry.testing.ts';

const PRINCIPAL = 'token:1 (tests)';
const FIRST_PAGE = { pageSize: 0, pageToken: '' };

async function bench() {
  const registry = await registryBench();
  const bindings = new GatewayBindings(registry);
  const add = (id: string, gatewayType: 'GATEWAY' | 'NON_GATEWAY' = 'NON_GATEWAY'): Promise<DeviceRecord> =>
    registry.devices.create(deviceName(id), { gatewayType }, PRINCIPAL);
  const bind = (gatewayId: string, deviceId: string) => bindings.bind(REGISTRY, { gatewayId, deviceId }, PRINCIPAL);
  const unbind = (gatewayId: string, deviceId: string) => bindings.unbind(REGISTRY, { gatewayId, deviceId }, PRINCIPAL);
  return { ...registry, bindings, add, bind, unbind, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
}

async function idsBy({ devices }: RegistryBench, filter: Parameters<typeof devices.list>[1]) {
  return (await devices.list(REGISTRY, filter, FIRST_PAGE)).items.map(({ id }) => id);
}

test('a device is bound to a gateway and unbound, by ids or numeric ids', async () => {
  await using it = await bench();
  const [hub, pump] = [await it.add('hub-1', 'GATEWAY'), await it.add('pump-1')];
  const binding = { gatewayNumId: hub.numId, deviceNumId: pump.numId };
  assert.equal(await it.bindings.has(binding), false);
  await it.bind('hub-1', String(pump.numId));
  assert.equal(await it.bindings.has(binding), true);
  await it.unbind(String(hub.numId), 'pump-1');
  assert.equal(await it.bindings.has(binding), false);
});

test('devices are listed by their gateway, and gateways by their device', async () => {
  await using it = await bench();
  await it.add('hub-1', 'GATEWAY');
  const hub2 = await it.add('hub-2', 'GATEWAY');
  for (const id of ['pump-1', 'pump-2', 'pump-3']) await it.add(id);
  await it.bind('hub-1', 'pump-1');
  await it.bind('hub-1', 'pump-2');
  await it.bind('hub-2', 'pump-2');
  assert.deepEqual(await idsBy(it, { associationsGatewayId: 'hub-1' }), ['pump-1', 'pump-2']);
  assert.deepEqual(await idsBy(it, { associationsGatewayId: String(hub2.numId) }), ['pump-2']);
  assert.deepEqual(await idsBy(it, { associationsDeviceId: 'pump-2' }), ['hub-1', 'hub-2']);
  assert.deepEqual(await idsBy(it, { associationsDeviceId: 'pump-3' }), []);
  assert.deepEqual(await idsBy(it, { isGateway: true }), ['hub-1', 'hub-2']);
  await assert.rejects(idsBy(it, { associationsGatewayId: 'hub-3' }), { code: 'DEVICE_NOT_FOUND' });
});

test('each change has its entry in the audit trail, and what changes nothing has none', async () => {
  await using it = await bench();
  await it.add('hub-1', 'GATEWAY');
  await it.add('pump-1');
  await it.bind('hub-1', 'pump-1');
  await it.bind('hub-1', 'pump-1');
  await it.unbind('hub-1', 'pump-1');
  await assert.rejects(it.unbind('hub-1', 'pump-1'), { code: 'GATEWAY_BINDING_NOT_FOUND' });
  const resource = 'projects/mkiot-abc123/locations/local/registries/pumps/devices/pump-1';
  const entries = await it.auditTrail.list(2);
  assert.partialDeepStrictEqual(
    entries.map(({ action, principal, resource }) => ({ action, principal, resource })),
    [
      { action: 'unbindDeviceFromGateway', principal: PRINCIPAL, resource },
      { action: 'bindDeviceToGateway', principal: PRINCIPAL, resource },
    ],
  );
});

test('a binding goes with either of its ends', async () => {
  await using it = await bench();
  await it.add('hub-1', 'GATEWAY');
  await it.add('pump-1');
  await it.bind('hub-1', 'pump-1');
  await it.devices.delete(deviceName('pump-1'), PRINCIPAL);
  assert.deepEqual(await idsBy(it, { associationsGatewayId: 'hub-1' }), []);
  await it.add('pump-1');
  assert.deepEqual(await idsBy(it, { associationsGatewayId: 'hub-1' }), [], 'a new device is another one');
  await it.bind('hub-1', 'pump-1');
  await it.devices.delete(deviceName('hub-1'), PRINCIPAL);
  assert.deepEqual(await idsBy(it, { associationsDeviceId: 'pump-1' }), []);
});

const REFUSED: readonly [what: string, gatewayId: string, deviceId: string, code: string][] = [
  ['a device in place of a gateway', 'pump-1', 'pump-2', 'GATEWAY_EXPECTED'],
  ['a gateway in place of a device', 'hub-1', 'hub-2', 'GATEWAY_NOT_BINDABLE'],
  ['a gateway and itself', 'hub-1', 'hub-1', 'GATEWAY_NOT_BINDABLE'],
  ['a gateway that is not there', 'hub-3', 'pump-1', 'DEVICE_NOT_FOUND'],
  ['a device that is not there', 'hub-1', 'pump-3', 'DEVICE_NOT_FOUND'],
  ['a device of another registry', 'hub-1', 'valve-1', 'DEVICE_NOT_FOUND'],
];
for (const [what, gatewayId, deviceId, code] of REFUSED) {
  test(`a binding of ${what} is refused with ${code}`, async () => {
    await using it = await bench();
    for (const id of ['hub-1', 'hub-2']) await it.add(id, 'GATEWAY');
    for (const id of ['pump-1', 'pump-2']) await it.add(id);
    const elsewhere = { ...PLACE, registry: 'valves' };
    await it.registries.create(elsewhere, {}, PRINCIPAL);
    await it.devices.create({ ...elsewhere, device: 'valve-1' }, {}, PRINCIPAL);
    const head = await it.auditTrail.head();
    await assert.rejects(it.bind(gatewayId, deviceId), { code });
    assert.equal(await it.auditTrail.head(), head);
  });
}

test('a device has at most 10 gateways', async () => {
  await using it = await bench();
  await it.add('pump-1');
  for (let number = 0; number < 11; number++) await it.add(`hub-${number}`, 'GATEWAY');
  for (let number = 0; number < 10; number++) await it.bind(`hub-${number}`, 'pump-1');
  await assert.rejects(it.bind('hub-10', 'pump-1'), { code: 'DEVICE_GATEWAYS_TOO_MANY' });
  await it.unbind('hub-3', 'pump-1');
  await it.bind('hub-10', 'pump-1');
});

test('a gateway has at most 10,000 devices', async () => {
  await using it = await bench();
  const { numId, registry } = await it.add('hub-1', 'GATEWAY');
  const { executor } = it.database;
  const numbers = sql`with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 10001)`;
  await sql`${numbers} insert into issued_num_id select n from numbers`.execute(executor);
  await sql`${numbers} insert into device
    select n, ${registry.key}, 'pump-' || n, 0, '{}', '', 'NON_GATEWAY', '' from numbers`.execute(executor);
  await sql`${numbers} insert into gateway_binding select ${numId}, n from numbers where n < 10000`.execute(executor);
  await it.bind('hub-1', 'pump-10000');
  await assert.rejects(it.bind('hub-1', 'pump-10001'), { code: 'GATEWAY_DEVICES_TOO_MANY' });
});
