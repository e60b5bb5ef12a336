import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceKey } from '../support/deviceKey.ts';
import type { TestDevice } from '../support/platformUser.ts';
import { Program } from '../support/program.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';

/** Exit codes of mosquitto's clients; that of a refused CONNACK is its return code. */
const EXIT = { done: 0, notAuthorised: 5, notAuthorised5: 0x87 };

const options = wants('mosquitto-clients');

/** How it is told to speak MQTT 5.0; MQTT 3.1.1 is its default. */
const MQTT_5 = ['-V', 'mqttv5'];

/** `mosquitto_pub` or `mosquitto_sub` as a user types it, with a token for a password. */
function mosquitto(tool: 'pub' | 'sub', device: TestDevice, args: readonly string[], login = device.login()): Program {
  const { port, caFile, clientId, password } = login;
  const where = ['-h', 'localhost', '-p', String(port), '--cafile', caFile];
  return new Program(`mosquitto_${tool}`, [...where, '-i', clientId, '-u', 'unused', '-P', password, ...args]);
}

/** Prints each message as topic, QoS, length and payload. */
const FORMAT = ['-F', '%t %q %l %p'];

for (const qos of ['0', '1']) {
  test(`mosquitto_pub: an event at QoS ${qos} is in the event log`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    await using publisher = mosquitto('pub', device, ['-t', device.topic('events/water'), '-q', qos, '-m', '3.2 m']);
    assert.deepEqual(await publisher.exit, { code: EXIT.done, signal: null }, publisher.output);
    const [event] = await platform.pullEvents(1);
    assert.deepEqual([event?.attributes['subFolder'], event?.payload], ['water', '3.2 m']);
  });
}

test(
  'mosquitto speaks MQTT 5.0: an event with properties and a topic alias, a config, a refusal',
  options,
  async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    const event = ['-t', device.topic('events'), '-q', '1', '-m', '3.2 m'];
    const properties = ['-D', 'publish', 'topic-alias', '1', '-D', 'publish', 'user-property', 'unit', 'm'];
    await using publisher = mosquitto('pub', device, [...MQTT_5, ...event, ...properties]);
    assert.deepEqual(await publisher.exit, { code: EXIT.done, signal: null }, publisher.output);
    assert.equal((await platform.pullEvents(1))[0]?.payload, '3.2 m');

    const config = ['-t', device.topic('config'), '-q', '1', '-C', '1', ...FORMAT];
    await using subscriber = mosquitto('sub', device, [...MQTT_5, ...config]);
    await subscriber.line(/^\/devices\/pump-1\/config 1 0 $/);
    assert.deepEqual(await subscriber.exit, { code: EXIT.done, signal: null });

    const login = { ...device.login(), password: new DeviceKey().token(platform.address.project) };
    await using forger = mosquitto('pub', device, [...MQTT_5, ...event], login);
    assert.equal((await forger.exit).code, EXIT.notAuthorised5, forger.output);
  },
);

test('mosquitto_sub: config comes at the subscription, then each new version', options, async () => {
  await using platform = await startTestPlatform();
  const device = await platform.createDevice('pump-1');
  await using subscriber = mosquitto('sub', device, ['-t', device.topic('config'), '-q', '1', '-C', '2', ...FORMAT]);
  await subscriber.line(/^\/devices\/pump-1\/config 1 0 $/);
  await platform.devices.modifyConfig(device.name, Buffer.from('{"on":true}'));
  await subscriber.line(/^\/devices\/pump-1\/config 1 11 \{"on":true\}$/);
  assert.deepEqual(await subscriber.exit, { code: EXIT.done, signal: null });
});

test('mosquitto_sub: a command arrives in its subfolder', options, async () => {
  await using platform = await startTestPlatform();
  const device = await platform.createDevice('pump-1');
  const topics = ['-t', device.topic('commands/#'), '-t', device.topic('config')];
  await using subscriber = mosquitto('sub', device, [...topics, '-q', '1', ...FORMAT]);
  // The config of the second subscription says that the first one stands.
  await subscriber.line(/config/);
  await platform.devices.sendCommand(device.name, Buffer.from('open'), 'valve');
  await subscriber.line(/^\/devices\/pump-1\/commands\/valve 1 4 open$/);
});

test('mosquitto_pub: a token signed by another key is refused with code 5', options, async () => {
  await using platform = await startTestPlatform();
  const device = await platform.createDevice('pump-1');
  const login = { ...device.login(), password: new DeviceKey().token(platform.address.project) };
  await using publisher = mosquitto('pub', device, ['-t', device.topic('events'), '-m', 'forged'], login);
  assert.equal((await publisher.exit).code, EXIT.notAuthorised);
  assert.match(publisher.output, /not authorised/);
});

test('mosquitto_pub: a server of another authority is not talked to', options, async () => {
  await using platform = await startTestPlatform();
  await using other = await startTestPlatform();
  const device = await platform.createDevice('pump-1');
  const login = { ...device.login(), caFile: other.address.caFile };
  await using publisher = mosquitto('pub', device, ['-t', device.topic('events'), '-m', 'secret'], login);
  // Its exit code is 8 or 1, as the alert comes sooner or later.
  assert.notEqual((await publisher.exit).code, EXIT.done);
  assert.match(publisher.output, /TLS error/);
});

test(
  'mosquitto_sub: a second connection of the device ends it; it comes back and gets its config again',
  options,
  async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    await using subscriber = mosquitto('sub', device, ['-t', device.topic('config'), '-q', '1', ...FORMAT]);
    const { number } = await subscriber.line(/config/);
    await using publisher = mosquitto('pub', device, ['-t', device.topic('events'), '-q', '1', '-m', 'take-over']);
    assert.equal((await publisher.exit).code, EXIT.done);
    await subscriber.line(/config/, number + 1);
  },
);
