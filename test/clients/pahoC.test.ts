import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceKey } from '../support/deviceKey.ts';
import type { DeviceLogin } from '../support/platformUser.ts';
import { Program } from '../support/program.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { until } from '../support/until.ts';
import { wants } from '../support/wants.ts';

const options = wants('paho-c');

/** How the programs of libpaho-mqtt call the protocol levels, and the codes that refuse a login. */
const LEVELS = [
  { name: 'MQTT 3.1.1', version: '311', notAuthorized: 5 },
  { name: 'MQTT 5.0', version: '5', notAuthorized: 0x87 },
] as const;

/** `paho_c_pub` or `paho_c_sub` as a user types it, with a token for a password. */
function paho(tool: 'pub' | 'sub', version: string, login: DeviceLogin, args: readonly string[]): Program {
  const { port, caFile, clientId, password } = login;
  const where = ['-c', `ssl://localhost:${port}`, '--cafile', caFile, '-V', version];
  return new Program(`paho_c_${tool}`, [...where, '-i', clientId, '-u', 'unused', '-P', password, ...args]);
}

for (const { name, version, notAuthorized } of LEVELS) {
  test(`paho_c_pub, ${name}: events at QoS 0 and 1 are in the event log`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    for (const qos of ['0', '1']) {
      const event = ['-t', device.topic('events/water'), '-q', qos, '-m', `QoS ${qos}`];
      await using publisher = paho('pub', version, device.login(), event);
      assert.deepEqual(await publisher.exit, { code: 0, signal: null }, publisher.output);
    }
    const events = await platform.pullEvents(2);
    assert.deepEqual(
      events.map(({ attributes, payload }) => [attributes['subFolder'], payload]),
      [
        ['water', 'QoS 0'],
        ['water', 'QoS 1'],
      ],
    );
  });

  test(`paho_c_sub, ${name}: a config comes when it subscribes, and its PUBACK is noted`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    await platform.devices.modifyConfig(device.name, Buffer.from('{"on":true}'));
    await using subscriber = paho('sub', version, device.login(), ['-t', device.topic('config'), '-q', '1']);
    await subscriber.line(/^\{"on":true\}$/);
    await until(
      () => platform.devices.configVersions(device.name),
      ([newest]) => newest?.deviceAckTime !== undefined,
    );
  });

  test(`paho_c_sub, ${name}: a command arrives in its subfolder`, options, async () => {
    await using platform = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    const commands = ['-t', device.topic('commands/#'), '-q', '1', '--trace', 'protocol'];
    await using subscriber = paho('sub', version, device.login(), commands);
    await subscriber.line(/<- SUBACK/);
    await platform.devices.sendCommand(device.name, Buffer.from('open'), 'valve');
    await subscriber.line(/\/devices\/pump-1\/commands\/valve\topen$/);
  });

  test(
    `paho_c_pub, ${name}: a token signed by another key is refused with code ${notAuthorized}`,
    options,
    async () => {
      await using platform = await startTestPlatform();
      const device = await platform.createDevice('pump-1');
      const login = { ...device.login(), password: new DeviceKey().token(platform.address.project) };
      const forged = ['-t', device.topic('events'), '-m', 'forged', '--trace', 'protocol'];
      await using publisher = paho('pub', version, login, forged);
      const { match } = await publisher.line(/<- CONNACK rc: (\d+)$/);
      assert.equal(Number(match[1]), notAuthorized);
    },
  );

  test(`paho_c_pub, ${name}: a server of another authority is not talked to`, options, async () => {
    await using platform = await startTestPlatform();
    await using other = await startTestPlatform();
    const device = await platform.createDevice('pump-1');
    const login = { ...device.login(), caFile: other.address.caFile };
    await using publisher = paho('pub', version, login, [
      '-t',
      device.topic('events'),
      '-m',
      'secret',
      '--trace',
      'error',
    ]);
    await publisher.line(/certificate verify failed/);
    await publisher.line(/^Connect failed/);
  });
}
