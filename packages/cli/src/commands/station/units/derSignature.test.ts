import { toHex } from '@mkiot/core/bytes/bytes';
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { derSignature } from './derSignature.ts';

test('a signature in DER verifies where r and s one after the other do', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  fc.assert(
    fc.property(fc.uint8Array(), (data) => {
      const signature = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      assert.ok(verify('sha256', data, { key: publicKey, dsaEncoding: 'der' }, derSignature(signature)));
      const other = createHash('sha256').update(data).digest();
      assert.ok(!verify('sha256', other, { key: publicKey, dsaEncoding: 'der' }, derSignature(signature)));
    }),
  );
});

test('numbers are as short as they can be, and never negative', () => {
  const half = (...last: readonly number[]) => [...new Uint8Array(32 - last.length), ...last];
  const hexOf = (r: readonly number[], s: readonly number[]) => toHex(derSignature(Uint8Array.of(...r, ...s)));
  assert.equal(hexOf(half(0x80), half(0x01, 0x00)), '30080202008002020100');
  assert.equal(hexOf(half(), half(1)), '3006020100020101');
});
