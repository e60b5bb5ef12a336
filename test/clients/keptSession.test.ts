import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { PlatformUser, takeOwnership, type TestDevice } from '../support/platformUser.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import { MqttJs } from './mqttJs.ts';

const HOUR_S = 3_600;

async function connect(device: TestDevice, user: PlatformUser, level: 4 | 5): Promise<MqttJs> {
  const properties = level === 5 ? { properties: { sessionExpiryInterval: HOUR_S } } : {};
  const client = new MqttJs(device.login(user.address), level, { clean: false, ...properties });
  assert.equal(await client.returnCode, 0);
  return client;
}

for (const level of [4, 5] as const) {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`mqtt (npm), level ${level}: a kept session outlives the platform, ended by ${signal}`, async () => {
      await using folder = await temporaryFolder();
      await using first = mkiotUp(folder.path);
      const { address, setupCode } = await isUp(first, folder.path);
      const owner = new PlatformUser(address, await takeOwnership(address, setupCode ?? ''));
      const device = await owner.createDevice('pump-1');
      {
        await using client = await connect(device, owner, level);
        assert.equal(await client.sessionPresent, false);
        assert.equal(await client.subscribe(device.topic('config'), 1), 1);
        assert.equal((await client.nextMessage()).payload, '');
        assert.equal(await client.subscribe(device.topic('commands/#'), 1), 1);
      }
      await until(
        () => owner.devices.keptSession(device.name),
        ({ expireTime }) => expireTime !== undefined,
      );
      await assert.rejects(owner.devices.sendCommand(device.name, Buffer.from('now')), {
        code: 'DEVICE_NOT_CONNECTED',
      });
      for (const text of ['one', 'two']) {
        const queued = await owner.devices.sendCommand(device.name, Buffer.from(text), 'valve', HOUR_S);
        assert.ok(queued.queuedUntilTime !== undefined);
      }
      first.kill(signal);
      await first.exit;

      await using second = mkiotUp(folder.path);
      const restarted = new PlatformUser((await isUp(second, folder.path)).address, owner.adminToken);
      const waiting = await restarted.devices.keptSession(device.name);
      assert.deepEqual(
        waiting.messages.map(({ kind, subfolder, wasSent }) => `${kind}/${subfolder} ${wasSent}`),
        ['commands/valve false', 'commands/valve false'],
      );
      await restarted.devices.modifyConfig(device.name, Buffer.from('newest'));
      await using client = await connect(device, restarted, level);
      assert.equal(await client.sessionPresent, true);
      const received = [await client.nextMessage(), await client.nextMessage(), await client.nextMessage()];
      assert.deepEqual(
        received.map(({ topic, payload }) => `${topic.split('/').at(-1)} ${payload}`),
        ['valve one', 'valve two', 'config newest'],
      );
      await until(
        () => restarted.devices.keptSession(device.name),
        ({ messages }) => messages.length === 0,
      );
    });
  }
}
