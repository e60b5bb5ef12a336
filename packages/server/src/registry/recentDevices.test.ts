import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentDevices } from './recentDevices.ts';
import { deviceName, REGISTRY, type RegistryBench, registryBench } from './registry.testing.ts';

const ADMIN = 'local:test';
const NAME = deviceName('pump-1');

/** A registry with a device that was looked up by its id and by its numeric id. */
async function lookedUp() {
  const bench = await registryBench();
  const { numId } = await bench.devices.create(NAME, {}, ADMIN);
  const names = [NAME, deviceName(String(numId))];
  for (const name of names) bench.devices.lookUp(name);
  return { bench, numId, recalled: () => names.map((name) => bench.devices.recall(formatDeviceName(name))?.numId) };
}

test('what was looked up is recalled by the name under which it was, and by no other', async () => {
  await using bench = await registryBench();
  const { numId } = await bench.devices.create(NAME, {}, ADMIN);
  assert.equal(bench.devices.recall(formatDeviceName(NAME)), undefined);
  bench.devices.lookUp(NAME);
  assert.deepEqual(bench.devices.recall(formatDeviceName(NAME)), bench.devices.findDevice(NAME));
  assert.equal(bench.devices.recall(formatDeviceName(deviceName(String(numId)))), undefined);
});

test('of its metadata, which may be large, nothing is kept in memory', async () => {
  await using bench = await registryBench();
  await bench.devices.create(NAME, { metadata: { site: 'north' } }, ADMIN);
  bench.devices.lookUp(NAME);
  assert.equal(JSON.stringify(bench.devices.recall(formatDeviceName(NAME))).includes('north'), false);
});

test('what is not there is not remembered, so that a new device is there at once', async () => {
  await using bench = await registryBench();
  bench.devices.lookUp(NAME);
  await bench.devices.create(NAME, {}, ADMIN);
  assert.notEqual(bench.devices.lookUp(NAME).device, undefined);
});

const CHANGES: Readonly<Record<string, (bench: RegistryBench) => Promise<unknown>>> = {
  'a change of the device': ({ devices }) => devices.patch(NAME, { blocked: true }, ADMIN),
  'a change of the device by its numeric id': ({ devices }) =>
    devices.patch(deviceName(String(devices.findDevice(NAME)?.numId)), { metadata: { site: 'north' } }, ADMIN),
  'its end': ({ devices }) => devices.delete(NAME, ADMIN),
  'a change of its registry': ({ registries }) => registries.patch(REGISTRY, { mqttState: 'MQTT_DISABLED' }, ADMIN),
};
for (const [what, change] of Object.entries(CHANGES)) {
  test(`after ${what} it is recalled by none of its names, before anybody is told`, async () => {
    const { bench, numId, recalled } = await lookedUp();
    await using _ = bench;
    const told: unknown[] = [];
    bench.devices.changes.listen(() => told.push(recalled()));
    assert.deepEqual(recalled(), [numId, numId]);
    await change(bench);
    assert.deepEqual(recalled(), [undefined, undefined]);
    for (const then of told) assert.deepEqual(then, [undefined, undefined]);
  });
}

test('after a change of their registry the devices are looked up with its new record, which they share', async () => {
  await using bench = await registryBench();
  const names = ['pump-1', 'pump-2'].map(deviceName);
  for (const name of names) await bench.devices.create(name, {}, ADMIN);
  const registries = () => names.map((name) => bench.devices.lookUp(name).registry);
  assert.equal(new Set(registries()).size, 1);
  await bench.registries.patch(REGISTRY, { policy: { maximumQos: 2 } }, ADMIN);
  assert.equal(new Set(registries()).size, 1);
  assert.equal(registries()[0]?.policy.maximumQos, 2);
});

test('a failed change leaves it remembered as it is', async () => {
  const { bench, numId, recalled } = await lookedUp();
  await using _ = bench;
  await assert.rejects(bench.devices.patch(NAME, { metadata: { '': 'x' } }, ADMIN));
  assert.deepEqual(recalled(), [numId, numId]);
});

test('the one that was not used for longest makes room', async () => {
  await using bench = await registryBench();
  const device = await bench.devices.create(NAME, {}, ADMIN);
  const recent = new RecentDevices(2);
  for (const name of ['a', 'b']) recent.remember(name, device);
  recent.get('a');
  recent.remember('c', device);
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => recent.get(name) === device),
    [true, false, true],
  );
});
