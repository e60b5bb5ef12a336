import fc from 'fast-check';
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { test } from 'node:test';
import { fromHex } from '../vectors.testing.ts';
import { portableAes } from './portableAes.ts';

const PLAINTEXT = fromHex('00112233445566778899aabbccddeeff');

test('a block is encrypted and decrypted as in the examples of FIPS 197', () => {
  const examples = [
    ['000102030405060708090a0b0c0d0e0f', '69c4e0d86a7b0430d8cdb78070b4c55a'],
    ['000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', '8ea2b7ca516745bfeafc49904b496089'],
  ] as const;
  for (const [key, ciphertext] of examples) {
    const aes = portableAes(fromHex(key));
    assert.deepEqual(aes.encrypt(PLAINTEXT), fromHex(ciphertext));
    assert.deepEqual(aes.decrypt(fromHex(ciphertext)), PLAINTEXT);
  }
});

test('every key and every block gives what OpenSSL gives, in both directions', () => {
  const key = fc.constantFrom(16, 32).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
  const blocks = fc.integer({ min: 0, max: 5 }).chain((n) => fc.uint8Array({ minLength: 16 * n, maxLength: 16 * n }));
  fc.assert(
    fc.property(key, blocks, (key, blocks) => {
      const algorithm = `aes-${key.length * 8}-ecb`;
      const encrypted = createCipheriv(algorithm, key, null).setAutoPadding(false).update(blocks);
      const decrypted = createDecipheriv(algorithm, key, null).setAutoPadding(false).update(blocks);
      const aes = portableAes(key);
      // A Buffer's slice is no copy: what is given has to stay as it is even so.
      assert.deepEqual(Buffer.from(aes.encrypt(Buffer.from(blocks.buffer))), encrypted);
      assert.deepEqual(Buffer.from(aes.decrypt(blocks)), decrypted);
    }),
  );
});

test('a key or data of another length is refused', () => {
  assert.throws(() => portableAes(new Uint8Array(24)), { code: 'AES_KEY_LENGTH_WRONG', message: /this one has 24/ });
  assert.throws(() => portableAes(new Uint8Array(16)).encrypt(new Uint8Array(17)), { code: 'AES_BLOCKS_NOT_WHOLE' });
});
