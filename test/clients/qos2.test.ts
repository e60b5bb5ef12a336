import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestPlatform } from '../support/testPlatform.ts';
import { MqttJs } from './mqttJs.ts';

for (const level of [4, 5] as const) {
  test(`mqtt (npm), level ${level}: QoS 2 both ways where the registry says so, and a closed connection elsewhere`, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    {
      await using client = new MqttJs(device.login(), level);
      assert.equal(await client.returnCode, 0);
      // The library itself refuses what CONNACK has excluded; MQTT 3.1.1 cannot say so.
      await Promise.race([client.closed, client.publish(device.topic('events'), 'refused', 2).catch(() => undefined)]);
    }
    const registry = { project: device.name.project, location: 'local', registry: 'default' };
    await platform.registries.update(registry, { policy: { maximumQos: 2 } }, ['policy.maximumQos']);

    await using client = new MqttJs(device.login(), level);
    assert.equal(await client.returnCode, 0);
    assert.equal(await client.subscribe(device.topic('commands/#'), 2), 2);
    for (const text of ['one', 'two', 'three']) await client.publish(device.topic('events'), text, 2);
    assert.deepEqual(
      (await platform.pullEvents(3)).map(({ payload }) => payload),
      ['one', 'two', 'three'],
    );
    await platform.devices.sendCommand(device.name, Buffer.from('open'));
    assert.deepEqual(await client.nextMessage(), { topic: device.topic('commands'), qos: 2, payload: 'open' });
  });
}
