import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MqttJs } from '../clients/mqttJs.ts';
import type { PlatformUser, TestDevice } from '../support/platformUser.ts';
import { startTestPlatform } from '../support/testPlatform.ts';

/** What takes a device's right to be connected away, through the API. */
const WITHDRAWALS: Readonly<Record<string, (user: PlatformUser, device: TestDevice) => Promise<unknown>>> = {
  'is blocked': ({ devices }, { name }) => devices.update(name, { blocked: true }, ['blocked']),
  'loses its key': ({ devices }, { name }) => devices.update(name, { credentials: [] }, ['credentials']),
  'is deleted': ({ devices }, { name }) => devices.delete(name),
};

for (const [what, withdraw] of Object.entries(WITHDRAWALS)) {
  test(`a connected device that ${what} is cut off within a second and cannot come back`, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    await using client = new MqttJs(device.login());
    assert.equal(await client.returnCode, 0);

    const startedMs = performance.now();
    await withdraw(platform, device);
    await client.closed;
    const elapsedMs = performance.now() - startedMs;
    assert.ok(elapsedMs < 1000, `cut off after ${elapsedMs} ms`);

    await using again = new MqttJs(device.login());
    assert.equal(await again.returnCode, 5);
  });
}
