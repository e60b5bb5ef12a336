import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { utf8Encode } from '../bytes/bytes.ts';
import type { SigningKey } from '../crypto/signatures.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import { createJwt } from './createJwt.ts';
import { parseJwt } from './parseJwt.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

for (const [algorithm, { privateKey, publicKey }] of [['ES256', ec] as const, ['RS256', rsa] as const]) {
  const key: SigningKey = {
    algorithm,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
    sign: async (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  };
  test(`an ${algorithm} token comes back as it was made, and node:crypto verifies it`, async () => {
    const aud = fc.string({ unit: 'grapheme', maxLength: 40 });
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
    const claims = fc.oneof(
      fc.record({ aud, iat: seconds, exp: seconds }),
      fc.record({ aud, nonce: fc.stringMatching(/^[\w-]{16,128}$/) }),
    );
    await fc.assert(
      fc.asyncProperty(claims, async (made) => {
        const token = await createJwt(made, key);
        assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
        const parsed = parseJwt(utf8Encode(token));
        assert.ok(!(parsed instanceof MkiotError));
        assert.equal(parsed.algorithm, algorithm);
        assert.deepEqual({ ...parsed.claims }, { ...made });
        const verifyingKey = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
        assert.ok(verify('sha256', parsed.signed, verifyingKey, parsed.signature));
      }),
      { numRuns: 25 },
    );
  });
}

const anyKey: SigningKey = { algorithm: 'ES256', publicKeyPem: '', sign: async () => new Uint8Array(64) };
for (const claims of [
  { aud: 'p', iat: Number.NaN, exp: 2 },
  { aud: 'p', iat: 1, exp: Number.POSITIVE_INFINITY },
  { aud: 'p'.repeat(10_000), iat: 1, exp: 2 },
  { aud: 'p', nonce: 'short' },
  { aud: 'p', nonce: 'A'.repeat(129) },
]) {
  test(`a token with ${JSON.stringify(claims).slice(0, 60)} is not made`, async () => {
    await assert.rejects(createJwt(claims, anyKey), { code: 'JWT_NOT_MADE', blame: 'caller' });
  });
}

test('a key that signs in DER makes no token', async () => {
  const der = { ...anyKey, sign: async () => new Uint8Array(71) };
  await assert.rejects(createJwt({ aud: 'p', iat: 1, exp: 2 }, der), { code: 'JWT_NOT_MADE', message: /DER/ });
});
