import { LIMITS } from '@mkiot/core/contract/limits';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '../auditTrail/digest.ts';
import { deviceName, PLACE } from '../registry/registry.testing.ts';
import { ADMIN, TwinBench } from './twin.testing.ts';

test('a new device has version 1 of its config, empty or as given', async () => {
  await using bench = await TwinBench.open();
  const empty = await bench.addDevice('pump-1');
  const given = await bench.addDevice('pump-2', 'fast');
  assert.deepEqual(await bench.versions(empty), ['1:']);
  assert.deepEqual(await bench.versions(given), ['1:fast']);
});

test('a device whose first config is too large is not made', async () => {
  await using bench = await TwinBench.open();
  await assert.rejects(bench.addDevice('pump-1', 'x'.repeat(LIMITS.configBytes + 1)), { code: 'CONFIG_TOO_LARGE' });
  assert.equal(bench.registry.devices.findDevice(deviceName('pump-1')), undefined);
});

test('each change is a version more, and the last ten are kept', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  for (let number = 2; number <= 12; number++) {
    const { version, cloudUpdateMs } = await bench.setConfig(device, `c${number}`);
    assert.deepEqual([version, cloudUpdateMs], [number, bench.registry.clock.now()]);
    bench.registry.clock.advance(1_000);
  }
  const newestFirst = ['12', '11', '10', '9', '8', '7', '6', '5', '4', '3'].map((number) => `${number}:c${number}`);
  assert.deepEqual(await bench.versions(device), newestFirst);
  const two = await bench.configs.versions(deviceName('pump-1'), 2);
  assert.deepEqual(
    two.map(({ version }) => version),
    [12, 11],
  );
});

test('two changes at once are two versions', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const changes = await Promise.all([bench.setConfig(device, 'a'), bench.setConfig(device, 'b')]);
  assert.deepEqual(new Set(changes.map(({ version }) => version)), new Set([2, 3]));
  assert.deepEqual(await bench.versions(device), ['3:b', '2:a', '1:']);
});

test('of two changes at once to one version the second is refused and told the version there is', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  const [first, second] = await Promise.allSettled([bench.setConfig(device, 'a', 1), bench.setConfig(device, 'b', 1)]);
  assert.equal(first.status, 'fulfilled');
  assert.ok(second.status === 'rejected' && second.reason instanceof MkiotError);
  assert.deepEqual([second.reason.code, second.reason.status], ['CONFIG_VERSION_MISMATCH', 'FAILED_PRECONDITION']);
  assert.match(second.reason.message, /versionToUpdate is 1, but .* is at version 2/);
  assert.deepEqual(await bench.versions(device), ['2:a', '1:']);
});

test('versionToUpdate that is ahead is refused too', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  await assert.rejects(bench.setConfig(device, 'a', 2), { code: 'CONFIG_VERSION_MISMATCH' });
});

test('a config may be as large as the limit and no larger', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1');
  await bench.setConfig(device, 'x'.repeat(LIMITS.configBytes));
  await assert.rejects(bench.setConfig(device, 'x'.repeat(LIMITS.configBytes + 1)), {
    code: 'CONFIG_TOO_LARGE',
    status: 'INVALID_ARGUMENT',
  });
});

test('a device that is not there has no config', async () => {
  await using bench = await TwinBench.open();
  const payload = new Uint8Array();
  await assert.rejects(bench.configs.modify(deviceName('none'), payload, 0, ADMIN), { code: 'DEVICE_NOT_FOUND' });
  await assert.rejects(bench.configs.versions(deviceName('none'), 0), { code: 'DEVICE_NOT_FOUND' });
  assert.equal(await bench.configs.configOf(4711), undefined);
});

test('a config is found by numeric id, but not under another registry', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'fast');
  await bench.registry.registries.create({ ...PLACE, registry: 'valves' }, {}, ADMIN);
  const byNumId = await bench.configs.versions(deviceName(String(device.numId)), 0);
  assert.equal(byNumId.length, 1);
  const elsewhere = { ...PLACE, registry: 'valves', device: String(device.numId) };
  await assert.rejects(bench.configs.versions(elsewhere, 0), { code: 'DEVICE_NOT_FOUND' });
});

test('a deleted device leaves no config and no state', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'fast');
  bench.publishState(bench.connect(device), 'on', 1);
  await bench.stateWriter.idle();
  await bench.registry.devices.delete(deviceName('pump-1'), ADMIN);
  assert.equal(await bench.configs.configOf(device.numId), undefined);
  assert.equal(await bench.states.stateOf(device.numId), undefined);
});

test('the audit trail tells a change by digests, with who made it, and never the config', async () => {
  await using bench = await TwinBench.open();
  const device = await bench.addDevice('pump-1', 'old-secret');
  await bench.setConfig(device, 'new-secret');
  const [entry] = await bench.registry.auditTrail.list(1);
  assert.partialDeepStrictEqual(entry, {
    principal: ADMIN,
    action: 'modifyCloudToDeviceConfig',
    resource: 'projects/mkiot-abc123/locations/local/registries/pumps/devices/pump-1',
    before: { version: 1, payload: digestOf('old-secret') },
    after: { version: 2, payload: digestOf('new-secret') },
  });
  assert.doesNotMatch(await bench.auditTrailText(), /secret/);
});
