import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestPlatform } from '../../platform/platform.testing.ts';

test('a gateway is made, devices are bound to it, listed and unbound', async () => {
  await using it = await startTestPlatform();
  assert.equal((await it.mkiot('device', 'create', 'hub-1', '--gateway', 'association-only')).exitCode, 0);
  assert.match((await it.mkiot('device', 'get', 'hub-1')).stdout, /^Gateway +ASSOCIATION_ONLY$/m);
  await it.mkiot('device', 'create', 'pump-1');
  await it.mkiot('device', 'create', 'pump-2');

  const bound = await it.mkiot('gateway', 'bind', 'hub-1', 'pump-1');
  assert.equal(bound.stdout, 'Device pump-1 is bound to hub-1.\n');
  const devices = await it.mkiot('gateway', 'devices', 'hub-1');
  assert.match(devices.stdout, /^pump-1 +\d+ +no +-$/m);
  assert.doesNotMatch(devices.stdout, /pump-2/);
  assert.match((await it.mkiot('gateway', 'list')).stdout, /^hub-1 +\d+ +ASSOCIATION_ONLY$/m);
  assert.match((await it.mkiot('gateway', 'list', '--device', 'pump-1')).stdout, /^hub-1 /m);
  assert.match((await it.mkiot('gateway', 'list', '--device', 'pump-2')).stdout, /^There are none\./);

  assert.equal((await it.mkiot('gateway', 'unbind', 'hub-1', 'pump-1')).exitCode, 0);
  assert.match((await it.mkiot('gateway', 'devices', 'hub-1')).stdout, /^No device is bound to hub-1\./);
});

test('what the server refuses ends with 1 and its code', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'pump-1');
  for (const [words, code] of [
    [['bind', 'pump-1', 'pump-1'], 'GATEWAY_EXPECTED'],
    [['bind', 'hub-1', 'pump-1'], 'DEVICE_NOT_FOUND'],
    [['devices', 'hub-1'], 'DEVICE_NOT_FOUND'],
  ] as const) {
    const { exitCode, stderr } = await it.mkiot('gateway', ...words);
    assert.equal(exitCode, 1);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
  }
});
