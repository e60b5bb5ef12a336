import type { VerifyingKey } from '@mkiot/core/crypto/signatures';
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { importVerifyingKey } from '../runtime/nodeCrypto.ts';
import { rememberingKey } from './rememberingKey.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const one = Buffer.from('header.one');
const other = Buffer.from('header.other');
const signatureOf = (data: Uint8Array) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });

/** A real key that counts how often it was asked. */
function countedKey(): VerifyingKey & { asked: number } {
  const key = importVerifyingKey(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }), 'ES256_PEM');
  return {
    algorithm: key.algorithm,
    asked: 0,
    verify(signed, signature) {
      this.asked++;
      return key.verify(signed, signature);
    },
  };
}

test('the token of before is known again without a signature check', () => {
  const key = countedKey();
  const remembering = rememberingKey(key);
  const signature = signatureOf(one);
  assert.deepEqual(
    [1, 2, 3].map(() => remembering.verify(one, signature)),
    [true, true, true],
  );
  assert.equal(key.asked, 1);
});

test('the same claims with another signature, and other claims with the same signature, are checked anew', () => {
  const key = countedKey();
  const remembering = rememberingKey(key);
  const signature = signatureOf(one);
  assert.ok(remembering.verify(one, signature));
  const again = signatureOf(one); // ECDSA draws a new number for each
  assert.ok(remembering.verify(one, again));
  assert.equal(remembering.verify(other, again), false);
  assert.equal(remembering.verify(one, again.toReversed()), false);
  assert.equal(remembering.verify(one, again.subarray(0, 63)), false);
  assert.equal(key.asked, 5);
});

test('what was wrong stays wrong, and does not make the key forget what was right', () => {
  const key = countedKey();
  const remembering = rememberingKey(key);
  const signature = signatureOf(one);
  assert.ok(remembering.verify(one, signature));
  for (let times = 0; times < 3; times++) assert.equal(remembering.verify(other, signature), false);
  assert.ok(remembering.verify(one, signature));
  assert.equal(key.asked, 4);
});

test('bytes that change after the check are not what was checked', () => {
  const remembering = rememberingKey(countedKey());
  const signed = Uint8Array.from(one);
  const signature = signatureOf(one);
  assert.ok(remembering.verify(signed, signature));
  signed[0]! ^= 1;
  assert.equal(remembering.verify(signed, signature), false);
  signature.fill(0);
  assert.equal(remembering.verify(one, signature), false);
});
