import { javascriptRuntime } from '@mkiot/server/runtime/javascriptRuntime';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { Program } from '../support/program.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startTestPlatform, type TestPlatform } from '../support/testPlatform.ts';
import { wants } from '../support/wants.ts';

// What every port speaks, asked by OpenSSL's own client: the TLS library of the runtime under test must not vouch for itself.

type Port = 'mqttPort' | 'httpsPort';

/** A PINGREQ before a CONNECT, and no HTTP either: both ports close. */
const GOODBYE = Buffer.from('c000', 'hex');

function sClient({ address }: TestPlatform, port: Port, args: readonly string[]): Promise<string> {
  const where = ['-connect', `localhost:${address[port]}`, '-CAfile', address.caFile, '-ign_eof'];
  return new Promise((resolve) => {
    const child = execFile('openssl', ['s_client', ...where, ...args], (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
    child.stdin?.end(GOODBYE);
  });
}

const REFUSED: readonly (readonly [name: string, args: readonly string[], alert: RegExp])[] = [
  ['TLS 1.0', ['-tls1', '-cipher', 'DEFAULT@SECLEVEL=0'], /alert (number 70|protocol version)/],
  ['TLS 1.1', ['-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'], /alert (number 70|protocol version)/],
  ['TLS 1.2 with CBC', ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA256'], /alert number 40/],
  ['TLS 1.2 with CBC and SHA-1', ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES256-SHA'], /alert number 40/],
  ['TLS 1.2 without forward secrecy', ['-tls1_2', '-cipher', 'AES128-GCM-SHA256'], /alert number 40/],
  ['a group that is not ours', ['-tls1_3', '-groups', 'P-521'], /alert number 40/],
];
for (const [name, args, alert] of REFUSED) {
  test(`${name} is refused on every port`, wants('openssl'), async () => {
    await using platform = await startTestPlatform();
    for (const port of ['mqttPort', 'httpsPort'] as const) {
      const said = await sClient(platform, port, args);
      assert.match(said, /Cipher is \(NONE\)/, port);
      assert.match(said, alert, port);
    }
  });
}

test('TLS 1.2 and 1.3 are spoken with forward secrecy and AEAD, on X25519 first', wants('openssl'), async () => {
  await using platform = await startTestPlatform();
  for (const port of ['mqttPort', 'httpsPort'] as const) {
    assert.match(
      await sClient(platform, port, ['-tls1_2']),
      /Server Temp Key: X25519[^]*Cipher is ECDHE-ECDSA-AES128-GCM/,
    );
    assert.match(await sClient(platform, port, ['-tls1_3']), /Server Temp Key: X25519[^]*TLSv1.3, Cipher is TLS_/);
  }
});

test('a client that asks for a renegotiation is told no, on every port', wants('openssl'), async () => {
  await using platform = await startTestPlatform();
  for (const port of ['mqttPort', 'httpsPort'] as const) {
    const where = ['-connect', `localhost:${platform.address[port]}`, '-CAfile', platform.address.caFile];
    await using client = new Program('openssl', ['s_client', ...where, '-tls1_2']);
    await client.line(/Verify return code: 0/);
    client.write('R');
    await client.line(/no renegotiation/);
  }
});

for (const version of ['-tls1_2', '-tls1_3']) {
  test(`devices resume with a ticket, callers of the API have none: ${version}`, wants('openssl'), async () => {
    await using folder = await temporaryFolder();
    await using platform = await startTestPlatform();
    const session = join(folder.path, 'session');
    for (const [port, outcome] of [
      ['mqttPort', /^Reused, TLS/m],
      ['httpsPort', /^New, TLS/m],
    ] as const) {
      await sClient(platform, port, [version, '-sess_out', session]);
      assert.match(await sClient(platform, port, [version, '-sess_in', session]), outcome, port);
    }
  });
}

test('on Bun the shared port is refused at the start; on Node it is there', async () => {
  const settings = { 'shared.enabled': 'true', 'shared.port': '0' };
  if (javascriptRuntime.name === 'Bun') {
    await assert.rejects(startTestPlatform({ settings }), { code: 'SHARED_PORT_NEEDS_NODE' });
  } else {
    await using platform = await startTestPlatform({ settings });
    assert.ok(platform.address.sharedPort !== undefined);
  }
});
