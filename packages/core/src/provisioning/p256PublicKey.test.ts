import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { isP256PublicKey, p256PublicKeyOf, publicKeyOfPem, publicKeyPem } from './p256PublicKey.ts';

test('a key on P-256 goes through DER and PEM as OpenSSL writes them', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  assert.ok(isP256PublicKey(der));
  assert.equal(publicKeyPem(der), pem);
  assert.deepEqual(publicKeyOfPem(pem), new Uint8Array(der));
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  assert.ok(createPublicKey(publicKeyPem(p256PublicKeyOf(point))).equals(publicKey));
});

test('keys of other curves and kinds, and texts around a key, are none', () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'pem' });
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  for (const text of ['', p384, privateKey.export({ type: 'pkcs8', format: 'pem' }), `${pem}${pem}`, `note\n${pem}`]) {
    assert.equal(publicKeyOfPem(text), undefined);
  }
});
