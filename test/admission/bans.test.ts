import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { runCli } from '../../packages/cli/src/cli.testing.ts';
import { MqttJs } from '../clients/mqttJs.ts';
import type { PlatformUser } from '../support/platformUser.ts';
import { startTestPlatform, type TestPlatform } from '../support/testPlatform.ts';

const BANNED_AFTER = 11;

/** Sends what is no MQTT over TLS until the platform has closed the connection; rejects when it does not let us in. */
async function sendGarbage({ address }: PlatformUser): Promise<void> {
  const { mqttPort: port, caFile } = address;
  const socket = connect({ host: '127.0.0.1', servername: 'localhost', port, ca: readFileSync(caFile) });
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  socket.resume().end(Buffer.from('ffff', 'hex'));
  await once(socket, 'close');
}

const mkiot = (platform: TestPlatform, ...words: readonly string[]) =>
  runCli(words, {
    environment: {
      MKIOT_SERVER: `http://127.0.0.1:${platform.address.loopbackPort}`,
      MKIOT_TOKEN: platform.adminToken,
    },
    columns: 120,
  });

test('who sends garbage is banned, seen, and let in again by hand, of which the audit trail tells', async () => {
  await using platform = await startTestPlatform({ isNeverBanned: () => false });
  assert.equal((await mkiot(platform, 'ban', 'list')).stdout.trim(), 'No address is banned.');
  for (let fault = 0; fault < BANNED_AFTER; fault++) await sendGarbage(platform);
  await assert.rejects(sendGarbage(platform), { code: 'ECONNRESET' });

  const listed = await mkiot(platform, 'ban', 'list');
  assert.match(listed.stdout, /^127\.0\.0\.1 +\S+Z +1 +PROTOCOL_GARBAGE$/m);
  const metrics = await (await fetch(`http://127.0.0.1:${platform.address.loopbackPort}/metrics`)).text();
  assert.match(metrics, /^mkiot_bans 1$/m);
  assert.match(metrics, /^mkiot_bans_total 1$/m);

  assert.equal((await mkiot(platform, 'ban', 'lift', '127.0.0.1')).stdout, '127.0.0.1 is let in again.\n');
  const trail = await mkiot(platform, 'audit-trail', 'list', '--json');
  const [newest] = JSON.parse(trail.stdout) as [Record<string, unknown>];
  assert.partialDeepStrictEqual(newest, {
    action: 'liftBan',
    resource: `projects/${platform.address.project}/bans/127.0.0.1`,
    before: { cause: 'PROTOCOL_GARBAGE' },
  });
  const device = await platform.createDevice('pump-1');
  await using client = new MqttJs(device.login());
  assert.equal(await client.returnCode, 0);

  const again = await mkiot(platform, 'ban', 'lift', '127.0.0.1');
  assert.equal(again.exitCode, 1);
  assert.match(again.stderr, /\[BAN_NOT_FOUND\]/);
});

test('beside a device that is logged in, garbage from its address bans nobody', async () => {
  await using platform = await startTestPlatform({ isNeverBanned: () => false });
  const device = await platform.createDevice('pump-1');
  await using client = new MqttJs(device.login());
  assert.equal(await client.returnCode, 0);
  for (let fault = 0; fault < 2 * BANNED_AFTER; fault++) await sendGarbage(platform);
  await using again = new MqttJs(device.login());
  assert.equal(await again.returnCode, 0);
});

test('a device that calls by HTTP keeps its address from being banned', async () => {
  await using platform = await startTestPlatform({ isNeverBanned: () => false });
  const device = await platform.createDevice('pump-1');
  const headers = { authorization: `Bearer ${device.login().password}` };
  const url = `http://127.0.0.1:${platform.address.loopbackPort}/v1/${device.clientId}/config`;
  assert.equal((await fetch(url, { headers })).status, 200);
  for (let fault = 0; fault < BANNED_AFTER; fault++) await sendGarbage(platform);
  await sendGarbage(platform);
});
