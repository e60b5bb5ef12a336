import { utf8Encode } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { importVerifyingKey } from './nodeCrypto.ts';
import { generateSigningKeyPem, loadSigningKey, nodeSigningKey } from './nodeSigningKey.ts';

test('what a loaded key signs, its public key verifies', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-key-'));
  const file = join(folder.path, 'device key ü.pem');
  await writeFile(file, generateSigningKeyPem(), { mode: 0o600 });
  const key = await loadSigningKey(file);
  const signature = await key.sign(utf8Encode('hello'));
  assert.equal(key.algorithm, 'ES256');
  assert.equal(signature.length, 64);
  assert.equal(importVerifyingKey(key.publicKeyPem, 'ES256_PEM').verify(utf8Encode('hello'), signature), true);
});

test('an RSA key signs RS256', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = nodeSigningKey(privateKey);
  const signature = await key.sign(utf8Encode('hello'));
  assert.equal(importVerifyingKey(key.publicKeyPem, 'RSA_PEM').verify(utf8Encode('hello'), signature), true);
});

test('a file without a usable private key is refused by its name and not by its contents', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-key-'));
  const file = join(folder.path, 'key.pem');
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  for (const text of ['secret-text', p384.export({ type: 'pkcs8', format: 'pem' })]) {
    await writeFile(file, text);
    await assert.rejects(loadSigningKey(file), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'SIGNING_KEY_UNREADABLE');
      assert.ok(error.message.includes(file) && !error.message.includes('secret-text'));
      return true;
    });
  }
});
