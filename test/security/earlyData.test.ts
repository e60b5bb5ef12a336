import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { MqttJs } from '../clients/mqttJs.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startTestPlatform, type TestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';

/** A PINGREQ before a CONNECT: the bridge closes, so that `openssl s_client` ends by itself. */
const GOODBYE = Buffer.from('c000', 'hex');

/** `openssl s_client` at the MQTT port, from the handshake to the server's end; resolves to what it prints. */
function sClient({ address }: TestPlatform, args: readonly string[]): Promise<string> {
  const where = ['-connect', `localhost:${address.mqttPort}`, '-CAfile', address.caFile, '-tls1_3', '-ign_eof'];
  return new Promise((resolve) => {
    const child = execFile('openssl', ['s_client', ...where, ...args], (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
    child.stdin?.end(GOODBYE);
  });
}

/** Where OpenSSL keeps in a session how much early data its ticket allows: a context-specific tag, the others in order. */
const MAX_EARLY_DATA = Buffer.from('af0602047fffffff', 'hex');

/** The session with a ticket that allows early data, whatever the server has said: what a forger would send. */
function allowingEarlyData(pem: string): string {
  const der = Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
  assert.deepEqual([der[0], der[1]], [0x30, 0x82], 'a sequence with a length of two bytes');
  let at = 4;
  while (at < der.length && (der[at] as number) < (MAX_EARLY_DATA[0] as number)) at += elementBytes(der, at);
  const body = Buffer.concat([der.subarray(4, at), MAX_EARLY_DATA, der.subarray(at)]);
  const header = Buffer.of(0x30, 0x82, body.length >> 8, body.length & 0xff);
  const name = 'SSL SESSION PARAMETERS';
  const lines =
    Buffer.concat([header, body])
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${name}-----`, ...lines, `-----END ${name}-----`, ''].join('\n');
}

function elementBytes(der: Buffer, at: number): number {
  const length = der[at + 1] as number;
  if (length < 0x80) return 2 + length;
  const count = length & 0x7f;
  return 2 + count + der.readUIntBE(at + 2, count);
}

test('early data, which could be replayed, is neither offered nor taken', wants('openssl'), async () => {
  await using folder = await temporaryFolder();
  await using platform = await startTestPlatform();
  const device = await platform.createDevice('pump-1');
  await using bystander = new MqttJs(device.login());
  assert.equal(await bystander.returnCode, 0);
  const session = join(folder.path, 'session.pem');
  const early = join(folder.path, 'early');
  await writeFile(early, 'early data');

  assert.match(await sClient(platform, ['-sess_out', session]), /Max Early Data: 0\n/);
  const asOffered = await sClient(platform, ['-sess_in', session, '-early_data', early]);
  assert.match(asOffered, /^Reused, TLSv1.3/m);
  assert.match(asOffered, /^Early data was not sent/m);

  await writeFile(session, allowingEarlyData(await readFile(session, 'utf8')));
  const forced = await sClient(platform, ['-sess_in', session, '-early_data', early]);
  assert.match(forced, /^Early data was rejected/m);
  await bystander.publish(device.topic('events'), 'still here', 1);
  assert.equal((await platform.pullEvents(1))[0]?.payload, 'still here');
});
