import fc from 'fast-check';
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { rawEcdsaSignature } from './ecdsaSignature.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

test('a signature in DER becomes r and s, and a raw one stays', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (data) => {
      const der = sign('sha256', data, privateKey);
      const raw = rawEcdsaSignature(der, 32);
      assert.ok(raw !== undefined && raw.length === 64);
      assert.ok(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, raw));
      assert.equal(rawEcdsaSignature(raw, 32), raw);
      assert.equal(rawEcdsaSignature(der, 16), undefined);
      assert.equal(rawEcdsaSignature(der.subarray(1), 32), undefined);
    }),
    { numRuns: 20 },
  );
});

test('anything else is no signature', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const raw = rawEcdsaSignature(bytes, 32);
      assert.ok(raw === undefined || raw.length === 64);
    }),
  );
});
