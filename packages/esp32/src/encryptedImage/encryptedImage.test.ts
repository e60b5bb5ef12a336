import type { RandomFill } from '@mkiot/core/crypto/signatures';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt, randomFillSync } from 'node:crypto';
import { test } from 'node:test';
import type { PrivateKey } from '../keys/keys.ts';
import { parsePemPrivateKey } from '../keys/pemKeys.ts';
import { portableRsaPkcs1 } from '../keys/rsaPkcs1.ts';
import { deviceKeyOf } from './ecies.ts';
import { decryptImage, encryptImage } from './encryptedImage.ts';
import { HEADER_BYTES, parseEncryptedImage } from './encryptedImageHeader.ts';

const random: RandomFill = (bytes) => randomFillSync(bytes);
const rsa = portableRsaPkcs1(random);
const openssl = generateKeyPairSync('rsa', { modulusLength: 3072 });
const rsaKey = parsePemPrivateKey(openssl.privateKey.export({ type: 'pkcs8', format: 'pem' }));
const ecKey = newEcKey();
const keys = fc.constantFrom<PrivateKey>(rsaKey, ecKey);
const images = fc.uint8Array({ minLength: 1, maxLength: 200 });

function newEcKey(namedCurve: 'P-256' | 'P-384' = 'P-256'): PrivateKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  return parsePemPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

test('an image of any length comes back, by both schemes', async () => {
  await fc.assert(
    fc.asyncProperty(keys, images, async (key, image) => {
      const encrypted = await encryptImage(image, key, rsa, random);
      assert.equal(encrypted.length, HEADER_BYTES + image.length);
      assert.deepEqual(await decryptImage(encrypted, key, rsa), image);
    }),
    { numRuns: 20 },
  );
});

test('an image of which any byte is changed, or that is cut, does not come back', async () => {
  const image = new Uint8Array(50).fill(3);
  const encrypted = {
    RSA: await encryptImage(image, rsaKey, rsa, random),
    EC: await encryptImage(image, ecKey, rsa, random),
  };
  await fc.assert(
    fc.asyncProperty(keys, fc.nat(HEADER_BYTES + 49), fc.integer({ min: 1, max: 255 }), async (key, at, change) => {
      const file = encrypted[key.kind];
      const changed = file.with(at, (file[at] as number) ^ change);
      await assert.rejects(decryptImage(changed, key, rsa), { name: 'MkiotError' });
      await assert.rejects(decryptImage(file.subarray(0, at), key, rsa), { name: 'MkiotError' });
    }),
    { numRuns: 60 },
  );
});

test('an image opens for its key alone, and tells a wrong key from damage no better than it must', async () => {
  const image = new Uint8Array(50);
  for (const [made, other] of [
    [ecKey, newEcKey()],
    [ecKey, rsaKey],
    [rsaKey, ecKey],
  ] as const) {
    const encrypted = await encryptImage(image, made, rsa, random);
    await assert.rejects(decryptImage(encrypted, other, rsa), { code: 'ENCRYPTED_IMAGE_NOT_OPENED' });
  }
});

test('what is no pre-encrypted image says why, and where', () => {
  const file = new Uint8Array(HEADER_BYTES + 10);
  file.set([0xcf, 0xb6, 0x88, 0x07]);
  file[404] = 10;
  assert.equal(parseEncryptedImage(file).ciphertext.length, 10);
  for (const [bytes, code, message] of [
    [new Uint8Array(0), 'BYTES_SHORT', /magic at offset 0x0/],
    [file.subarray(0, 300), 'BYTES_SHORT', /encrypted key at offset 0x4/],
    [file.with(0, 0xe9), 'ENCRYPTED_IMAGE_MAGIC', /e9b68807/],
    [file.subarray(0, -1), 'ENCRYPTED_IMAGE_SIZE', /names 10 bytes of image, but 9 follow/],
    [Uint8Array.of(...file, 0), 'ENCRYPTED_IMAGE_SIZE', /but 11 follow/],
    [file.with(511, 1), 'ENCRYPTED_IMAGE_RESERVED', /offset 0x1ff/],
    [new Uint8Array(600).fill(0xff), 'ENCRYPTED_IMAGE_MAGIC', /ffffffff/],
  ] as const) {
    assert.throws(() => parseEncryptedImage(bytes), { code, message });
  }
});

test('a key that the scheme does not know, an empty image and a wrong HMAC key are refused', async () => {
  const image = new Uint8Array(1);
  await assert.rejects(encryptImage(image, newEcKey('P-384'), rsa, random), { code: 'ENCRYPTED_IMAGE_KEY_UNFIT' });
  await assert.rejects(encryptImage(new Uint8Array(0), ecKey, rsa, random), { code: 'ENCRYPTED_IMAGE_EMPTY' });
  await assert.rejects(deviceKeyOf(new Uint8Array(31)), { code: 'ENCRYPTED_IMAGE_HMAC_KEY' });
});

test('RSAES-PKCS1-v1_5 of ours and of OpenSSL understand each other', () => {
  const padding = constants.RSA_PKCS1_PADDING;
  assert.ok(rsaKey.kind === 'RSA');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (message) => {
      const ours = rsa.encrypt(rsaKey, message);
      assert.deepEqual(new Uint8Array(privateDecrypt({ key: openssl.privateKey, padding }, ours)), message);
      const theirs = publicEncrypt({ key: openssl.publicKey, padding }, message);
      assert.deepEqual(rsa.decrypt(rsaKey, theirs), message);
      assert.equal(rsa.decrypt(rsaKey, theirs.subarray(1)), undefined);
    }),
    { numRuns: 10 },
  );
});
