import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runCli } from '../../cli.testing.ts';
import { folderWith } from './filesFolder.testing.ts';

const vector = (path: string): Promise<Buffer> => readFile(new URL(`../../../../esp32/src/${path}`, import.meta.url));
const theirs = await vector('encryptedImage/vectors/sh-rsa.enc.bin');
const rsa = await vector('encryptedImage/vectors/sh_ota_rsa.pem');
const image = await vector('secureBoot/vectors/app-esp32.bin');
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const files = {
  theirs,
  rsa,
  image,
  hmac: new Uint8Array(32).fill(9),
  private: privateKey.export({ type: 'sec1', format: 'pem' }),
  public: publicKey.export({ type: 'spki', format: 'pem' }),
};

test("ota-image decrypts what Espressif's tool has encrypted", async () => {
  await using it = await folderWith(files);
  const words = ['--keyfile', it.path('rsa'), '--output', it.path('out'), it.path('theirs')];
  const { exitCode, stderr } = await runCli(['esp32', 'ota-image', 'decrypt', ...words]);
  assert.deepEqual([exitCode, stderr], [0, '']);
  assert.deepEqual(await it.read('out'), image);
});

test('ota-image encrypts for RSA, for P-256 and for a device with an HMAC key', async () => {
  await using it = await folderWith(files);
  for (const [toKey, fromKey] of [
    ['rsa', 'rsa'],
    ['public', 'private'],
    ['hmac', 'hmac'],
  ] as const) {
    const encrypt = ['--keyfile', it.path(toKey), '--output', it.path('encrypted'), it.path('image')];
    assert.equal((await runCli(['esp32', 'ota-image', 'encrypt', ...encrypt])).exitCode, 0);
    const decrypt = ['--keyfile', it.path(fromKey), '--output', it.path('out'), it.path('encrypted')];
    assert.equal((await runCli(['esp32', 'ota-image', 'decrypt', ...decrypt])).exitCode, 0);
    assert.deepEqual(await it.read('out'), image);
  }
});

test('ota-image refuses another key, a public key and another file, and writes nothing', async () => {
  await using it = await folderWith(files);
  for (const [key, file, code] of [
    ['private', 'theirs', 'ENCRYPTED_IMAGE_NOT_OPENED'],
    ['public', 'theirs', 'KEY_NOT_PRIVATE'],
    ['image', 'theirs', 'KEY_FILE_NOT_PEM'],
    ['rsa', 'image', 'ENCRYPTED_IMAGE_MAGIC'],
  ] as const) {
    const words = ['--keyfile', it.path(key), '--output', it.path('out'), it.path(file)];
    const { exitCode, stderr } = await runCli(['esp32', 'ota-image', 'decrypt', ...words]);
    assert.equal(exitCode, 1);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
    await assert.rejects(it.read('out'));
  }
});
