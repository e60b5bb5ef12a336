import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from '../../packages/cli/src/cli.testing.ts';
import { MqttJs } from '../clients/mqttJs.ts';
import type { PlatformUser, TestDevice } from '../support/platformUser.ts';
import { startTestPlatform } from '../support/testPlatform.ts';

/** What takes a device's right to be connected away, through the API or, as `mkiot` does on the same machine, the admin socket. */
const WITHDRAWALS: Readonly<Record<string, (user: PlatformUser, device: TestDevice) => Promise<unknown>>> = {
  'is blocked': ({ devices }, { name }) => devices.update(name, { blocked: true }, ['blocked']),
  'loses its key': ({ devices }, { name }) => devices.update(name, { credentials: [] }, ['credentials']),
  'is deleted': ({ devices }, { name }) => devices.delete(name),
  'is in a registry where MQTT is disabled': ({ registries }, { name }) =>
    registries.update(name, { mqttConfig: { mqttEnabledState: 'MQTT_DISABLED' } }, ['mqttConfig']),
  'is blocked by the command on the same machine': async ({ address }, { name }) => {
    const { exitCode, stderr } = await runCli(['--data', address.dataFolder, 'device', 'block', name.device]);
    assert.equal(exitCode, 0, stderr);
  },
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
