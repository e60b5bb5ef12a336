import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openAuthority } from '@mkiot/server/certificates/certificateAuthority';
import { openDataFolder } from '@mkiot/server/dataFolder/dataFolder';
import { newFolderPath, testPorts } from '@mkiot/server/dataFolder/dataFolder.testing';
import { runCli } from '../../cli.testing.ts';
import { parseFingerprint } from '@mkiot/core/crypto/fingerprint';

/** A data folder with an authority in it, which no server has open. */
async function installation() {
  const place = await newFolderPath();
  using dataFolder = await openDataFolder(place.path, testPorts);
  const { cert } = await openAuthority(dataFolder, testPorts);
  return {
    data: ['--data', place.path],
    outside: dirname(place.path),
    certificate: new X509Certificate(cert),
    cert,
    id: dataFolder.installationId,
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

test('ca show prints the fingerprint of the certificate that ca export writes', async () => {
  await using it = await installation();
  const shown = await runCli(['ca', 'show', ...it.data]);
  const expected = parseFingerprint(it.certificate.fingerprint256);
  assert.equal(shown.exitCode, 0);
  assert.match(shown.stdout, new RegExp(`^ {2}${expected}$`, 'm'));
  const { stdout } = await runCli(['ca', 'show', ...it.data, '--json']);
  assert.equal((JSON.parse(stdout) as { fingerprint: string }).fingerprint, expected);
  assert.equal((await runCli(['ca', 'export', ...it.data])).stdout.trim(), it.cert.trim());
});

test('ca export writes PEM or DER to a file', async () => {
  await using it = await installation();
  const [pem, der] = [join(it.outside, 'ca.pem'), join(it.outside, 'ca.der')];
  assert.equal((await runCli(['ca', 'export', ...it.data, '--out', pem])).exitCode, 0);
  assert.equal((await runCli(['ca', 'export', ...it.data, '--out', der, '--der'])).exitCode, 0);
  assert.equal(await readFile(pem, 'utf8'), it.cert);
  assert.deepEqual(await readFile(der), it.certificate.raw);
});

test('ca export of binary DER wants a file, and a folder that is not there is named', async () => {
  await using it = await installation();
  const binary = await runCli(['ca', 'export', ...it.data, '--der']);
  assert.deepEqual([binary.exitCode, binary.stdout], [2, '']);
  assert.match(binary.stderr, /\[DER_NEEDS_FILE\]/);
  const lost = await runCli(['ca', 'export', ...it.data, '--out', join(it.outside, 'no/ca.pem')]);
  assert.equal(lost.exitCode, 1);
  assert.match(lost.stderr, /no\/ca\.pem could not be written.*\[FILE_NOT_WRITTEN\]/);
});

test('ca trust changes nothing without the rights for it, and prints what to run', async () => {
  await using it = await installation();
  const { exitCode, stdout } = await runCli(['ca', 'trust', ...it.data]);
  assert.equal(exitCode, 0);
  for (const word of ['Nothing was changed', 'update-ca-certificates', 'add-trusted-cert', 'certutil', it.id]) {
    assert.ok(stdout.includes(word), word);
  }
});

test('ca trust puts the certificate into the store of Debian when it may', async () => {
  await using it = await installation();
  const storeFolder = join(it.outside, 'store');
  await mkdir(storeFolder);
  const ran: string[] = [];
  const trustStore = { isRoot: true, storeFolder, run: async (program: string) => void ran.push(program) };
  const { exitCode, stdout } = await runCli(['ca', 'trust', ...it.data], { trustStore });
  assert.equal(exitCode, 0);
  assert.equal(await readFile(join(storeFolder, `${it.id}.crt`), 'utf8'), it.cert);
  assert.deepEqual(ran, ['update-ca-certificates']);
  assert.match(stdout, new RegExp(`${it.id}\\.crt`));
});

test('without a data folder the commands say what is missing', async () => {
  for (const verb of ['show', 'export', 'trust']) {
    const { exitCode, stderr } = await runCli(['ca', verb, '--data', '/no/such/folder']);
    assert.equal(exitCode, 1);
    assert.match(stderr, /\/no\/such\/folder.*\[AUTHORITY_MISSING\]/);
  }
});
