import fc from 'fast-check';
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { toHex, utf8Encode } from '@mkiot/core/bytes/bytes';
import { type CurveName, CURVES } from './curves.ts';
import { signDigest, verifyDigest } from './ecdsa.ts';
import { parsePemKey, parsePemPrivateKey } from './pemKeys.ts';

/** What OpenSSL calls the curves. */
const OPENSSL_NAMES = { 'P-192': 'prime192v1', 'P-256': 'prime256v1', 'P-384': 'secp384r1' } as const;
const curves = fc.constantFrom(...(Object.keys(CURVES) as CurveName[]));
const sha256 = (data: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(data).digest());

test('P-192 signs as in RFC 6979, appendix A.2.3', async () => {
  const d = 0x6fab034934e4c0fc9ae67f5b5659a9d7d1fefd187ee09fd4n;
  const signature = await signDigest(CURVES['P-192'], d, sha256(utf8Encode('sample')));
  const r = '4b0b8ce98a92866a2820e20aa6b75b56382e0f9bfd5ecb55';
  assert.equal(toHex(signature), `${r}ccdb006926ea9565cbadc840829d8c384e06de1f1e381b85`);
});

test('signatures of every curve are good for OpenSSL, and those of OpenSSL for us, and no others', async () => {
  await fc.assert(
    fc.asyncProperty(curves, fc.uint8Array({ maxLength: 40 }), async (name, data) => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: OPENSSL_NAMES[name] });
      const key = parsePemPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
      assert.ok(key.kind === 'EC' && key.curve === name);
      const ours = await signDigest(CURVES[name], key.d, sha256(data));
      assert.ok(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, ours));
      const theirs = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      assert.ok(verifyDigest(CURVES[name], key, sha256(data), theirs));
      assert.ok(!verifyDigest(CURVES[name], key, sha256(Uint8Array.of(...data, 0)), theirs));
      assert.ok(!verifyDigest(CURVES[name], key, sha256(data), theirs.subarray(1)));
      assert.ok(!verifyDigest(CURVES[name], key, sha256(data), new Uint8Array(theirs.length)));
    }),
    { numRuns: 15 },
  );
});

test('a key is read from every kind of PEM file, and the public one is that of OpenSSL', () => {
  for (const [name, namedCurve] of Object.entries(OPENSSL_NAMES)) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    const spki = parsePemKey(publicKey.export({ type: 'spki', format: 'pem' }));
    assert.ok(spki.kind === 'EC' && spki.curve === name);
    for (const type of ['pkcs8', 'sec1'] as const) {
      const { d: _, ...read } = parsePemPrivateKey(privateKey.export({ type, format: 'pem' }));
      assert.deepEqual(read, spki);
    }
  }
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const jwk = privateKey.export({ format: 'jwk' });
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    const key = parsePemPrivateKey(privateKey.export({ type, format: 'pem' }));
    assert.ok(key.kind === 'RSA');
    assert.equal(key.qi, BigInt(`0x${Buffer.from(jwk.qi ?? '', 'base64url').toString('hex')}`));
    const { n, e } = key;
    assert.deepEqual(parsePemKey(publicKey.export({ type: 'spki', format: 'pem' })), { kind: 'RSA', n, e });
  }
});

test('a key file that is something else says what it is', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = ec.publicKey.export({ type: 'spki', format: 'pem' });
  const of = (namedCurve: string): string =>
    generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'pem' });
  const encrypted = ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' });
  for (const [text, code] of [
    ['', 'KEY_FILE_NOT_PEM'],
    [pem.replace('END', 'ENDE'), 'KEY_FILE_NOT_PEM'],
    [pem + pem, 'KEY_FILE_MANY'],
    [encrypted, 'KEY_FILE_ENCRYPTED'],
    [pem.replaceAll('PUBLIC KEY', 'DSA PRIVATE KEY'), 'KEY_FILE_KIND'],
    [of('secp256k1'), 'KEY_CURVE_UNKNOWN'],
    [generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }), 'KEY_ALGORITHM_UNKNOWN'],
  ] as const) {
    assert.throws(() => parsePemKey(text), { code });
  }
  assert.throws(() => parsePemPrivateKey(pem), { code: 'KEY_NOT_PRIVATE' });
});

test('a key that is cut or has a bit flipped is refused or another whole key, never a crash', () => {
  const pairs = [
    generateKeyPairSync('ec', { namedCurve: 'prime192v1' }),
    generateKeyPairSync('rsa', { modulusLength: 1024 }),
  ];
  const files = pairs.flatMap(({ privateKey, publicKey }) => [
    { label: 'PRIVATE KEY', der: privateKey.export({ type: 'pkcs8', format: 'der' }) },
    { label: 'PUBLIC KEY', der: publicKey.export({ type: 'spki', format: 'der' }) },
  ]);
  const pemOf = (label: string, der: Uint8Array): string =>
    `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`;
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(7), ({ label, der }, at, bit) => {
      const cut = der.subarray(0, at % der.length);
      assert.throws(() => parsePemKey(pemOf(label, cut)), { name: 'MkiotError' });
      const flipped = new Uint8Array(der);
      flipped[at % der.length] = (der[at % der.length] as number) ^ (1 << bit);
      try {
        parsePemKey(pemOf(label, flipped));
      } catch (error) {
        assert.equal((error as Error).name, 'MkiotError');
      }
    }),
  );
});

test('a private key with the public point of another is refused', () => {
  const [one, other] = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const [der, foreign] = [one, other].map((key) => key!.export({ type: 'sec1', format: 'der' }));
  const mixed = Buffer.concat([der!.subarray(0, -65), foreign!.subarray(-65)]).toString('base64');
  assert.throws(() => parsePemKey(`-----BEGIN EC PRIVATE KEY-----\n${mixed}\n-----END EC PRIVATE KEY-----`), {
    code: 'KEY_POINT_WRONG',
  });
});
