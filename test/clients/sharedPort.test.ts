import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { PlatformAddress, TestDevice } from '../support/platformUser.ts';
import { startTestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';
import { MqttJs } from './mqttJs.ts';

const settings = { 'shared.enabled': 'true', 'shared.port': '0' };

for (const [how, options] of Object.entries({ 'with ALPN': { ALPNProtocols: ['mqtt'] }, 'without ALPN': {} })) {
  test(`npm mqtt ${how}: an event over the shared port is in the event log`, async () => {
    await using platform = await startTestPlatform({ settings });
    const device = await platform.createDevice('pump-1');
    const { port } = sharedPortOf(platform.address);
    await using client = new MqttJs({ ...device.login(), port }, 4, options);
    assert.equal(await client.returnCode, 0);
    await client.publish(device.topic('events'), '3.2 m', 1);
    assert.equal((await platform.pullEvents(1))[0]?.payload, '3.2 m');
  });
}

for (const [how, flags] of [
  ['as it is, which offers HTTP/2 first', []],
  ['without ALPN', ['--no-alpn']],
] as const) {
  test(
    `curl ${how}: an event over the shared port is in the event log, and the API is there`,
    wants('curl'),
    async () => {
      await using platform = await startTestPlatform({ settings });
      const device = await platform.createDevice('pump-1');
      const event = ['-d', `{"binaryData":"${Buffer.from('3.2 m').toString('base64')}"}`];
      assert.equal(
        await curl(platform.address, [...flags, ...event], `/v1/${device.clientId}:publishEvent`, device),
        '{}',
      );
      assert.equal((await platform.pullEvents(1))[0]?.payload, '3.2 m');
      assert.match(await curl(platform.address, flags, '/openapi.json'), /publishEvent/);
    },
  );
}

test('on the shared port mosquitto_pub publishes, too', wants('mosquitto-clients'), async () => {
  await using platform = await startTestPlatform({ settings });
  const device = await platform.createDevice('pump-1');
  const { port } = sharedPortOf(platform.address);
  const { caFile, clientId, password } = device.login();
  const login = [
    '-h',
    'localhost',
    '-p',
    String(port),
    '--cafile',
    caFile,
    '-i',
    clientId,
    '-u',
    'unused',
    '-P',
    password,
  ];
  for (const alpn of [[], ['--tls-alpn', 'mqtt']]) {
    const message = ['-t', device.topic('events'), '-q', '1', '-m', '3.2 m'];
    await promisify(execFile)('mosquitto_pub', [...login, ...alpn, ...message]);
  }
  assert.equal((await platform.pullEvents(2)).length, 2);
});

function sharedPortOf({ sharedPort }: PlatformAddress): { readonly port: number } {
  assert.ok(sharedPort !== undefined);
  return { port: sharedPort };
}

/** The body of the answer; fails where the status says so. */
async function curl(
  address: PlatformAddress,
  flags: readonly string[],
  path: string,
  device?: TestDevice,
): Promise<string> {
  const token = device === undefined ? [] : ['-H', `Authorization: Bearer ${device.login().password}`];
  const url = `https://localhost:${sharedPortOf(address).port}${path}`;
  const { stdout } = await promisify(execFile)('curl', [
    '-sS',
    '--fail',
    '--cacert',
    address.caFile,
    ...token,
    ...flags,
    url,
  ]);
  return stdout;
}
