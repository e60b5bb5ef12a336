import type { PublicKeyFormat } from '@mkiot/core/api/resources';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import { javascriptRuntime } from './javascriptRuntime.ts';
import { importVerifyingKey, randomFill } from './nodeCrypto.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

function spkiPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' });
}

function ecdsaSignature(data: Uint8Array): Uint8Array {
  return sign('sha256', data, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
}

test('an ES256 key accepts its signature and neither other data nor any flipped bit', () => {
  const key = importVerifyingKey(spkiPem(ec.publicKey), 'ES256_PEM');
  assert.equal(key.algorithm, 'ES256');
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat({ max: 511 }), (data, bit) => {
      const signature = ecdsaSignature(data);
      assert.equal(key.verify(data, signature), true);
      assert.equal(key.verify(Uint8Array.from([...data, 0]), signature), false);
      signature[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(key.verify(data, signature), false);
    }),
    { numRuns: 50 },
  );
});

test('an RS256 key accepts its PKCS #1 v1.5 signature and no PSS one', () => {
  const key = importVerifyingKey(spkiPem(rsa.publicKey), 'RSA_PEM');
  const data = utf8Encode('header.claims');
  assert.equal(key.algorithm, 'RS256');
  assert.equal(key.verify(data, sign('sha256', data, rsa.privateKey)), true);
  assert.equal(key.verify(data, sign('sha512', data, rsa.privateKey)), false);
  // 6 is RSA_PKCS1_PSS_PADDING.
  assert.equal(key.verify(data, sign('sha256', data, { key: rsa.privateKey, padding: 6 })), false);
});

test('a DER signature is no ES256 signature', () => {
  const data = utf8Encode('header.claims');
  const der = sign('sha256', data, ec.privateKey);
  assert.equal(importVerifyingKey(spkiPem(ec.publicKey), 'ES256_PEM').verify(data, der), false);
});

test('no signature of any bytes, zeros or wrong length is accepted or throws', () => {
  const keys = [
    importVerifyingKey(spkiPem(ec.publicKey), 'ES256_PEM'),
    importVerifyingKey(spkiPem(rsa.publicKey), 'RSA_PEM'),
  ];
  const data = utf8Encode('header.claims');
  const strange = [0, 1, 63, 64, 65, 255, 256, 257, 10_000].map((length) => new Uint8Array(length));
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...strange), fc.uint8Array({ minLength: 64, maxLength: 64 })), (signature) =>
      keys.every((key) => !key.verify(data, signature)),
    ),
  );
});

const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
// Keys of kinds that Bun could not generate.
const secp256k1Pem = `-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEz/yoCux/HIz8BgkicVH9H2mkf7Po/ON6
kMYnRJXfbdsOlcTvwiiM6fgFkYZ561u/zVTM8MHiVcrT2UTkLe6wEA==
-----END PUBLIC KEY-----
`;
const ed25519 = generateKeyPairSync('ed25519');
const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 });
const rsaPssPem = `-----BEGIN PUBLIC KEY-----
MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAIxTgqTub3bey2EEJQeBPoC0
jiiTSF1JrkqFhUncJ7Y/dYEvSv74PQJZ5wrAcuzz4JwQT4Gb1cRYK7Q6A2nyvuUe
CalNOTbwzBef3v7vCkUPNQou8NVtArA0q+e1t0I5WIzWMlex0KeLPvQX9Ri1U4s5
PtLucyxFZcyQp5QzgCaV5xoTh4hHvOJsjJKQ7chfsMl1xYZSgFhIETkTrPcpW0lC
Fn4qL7WIeKd+gBy+y2hQyyQbEob6eVKpf0NboqZmfsLXp2lPHSO9qfm5Zlew4ZRW
kR86cWn91CUl4oCR8K4EK4agXdehGLVi9eZfNUywz0+jK+fgfbzLFX7/w/ziHLUC
AwEAAQ==
-----END PUBLIC KEY-----
`;
const ecPem = spkiPem(ec.publicKey);

/** What Bun's library does not know, or refuses itself, is no key to it. */
const kind = (message: RegExp) =>
  javascriptRuntime.name === 'Bun'
    ? ({ code: 'KEY_UNREADABLE', message: /cannot be read/ } as const)
    : ({ code: 'KEY_KIND_WRONG', message } as const);

const REFUSED: readonly {
  readonly name: string;
  readonly pem: string;
  readonly format: PublicKeyFormat;
  readonly code: string;
  readonly message: RegExp;
}[] = [
  {
    name: 'the unspecified format',
    pem: ecPem,
    format: 'UNSPECIFIED_PUBLIC_KEY_FORMAT',
    code: 'KEY_FORMAT_UNSUPPORTED',
    message: /UNSPECIFIED/,
  },
  { name: 'P-384', pem: spkiPem(p384.publicKey), format: 'ES256_PEM', code: 'KEY_KIND_WRONG', message: /secp384r1/ },
  {
    name: 'secp256k1',
    pem: secp256k1Pem,
    format: 'ES256_PEM',
    ...kind(/secp256k1/),
  },
  { name: 'Ed25519', pem: spkiPem(ed25519.publicKey), format: 'ES256_PEM', code: 'KEY_KIND_WRONG', message: /ed25519/ },
  {
    name: 'an RSA key as EC',
    pem: spkiPem(rsa.publicKey),
    format: 'ES256_PEM',
    code: 'KEY_KIND_WRONG',
    message: /rsa/,
  },
  { name: 'an EC key as RSA', pem: ecPem, format: 'RSA_PEM', code: 'KEY_KIND_WRONG', message: /kind ec/ },
  {
    name: 'RSA with 1024 bit',
    pem: spkiPem(rsa1024.publicKey),
    format: 'RSA_PEM',
    code: 'KEY_KIND_WRONG',
    message: /1024/,
  },
  { name: 'RSA-PSS', pem: rsaPssPem, format: 'RSA_PEM', ...kind(/rsa-pss/) },
  {
    name: 'a key where a certificate is due',
    pem: ecPem,
    format: 'ES256_X509_PEM',
    code: 'KEY_NOT_PEM',
    message: /CERTIFICATE.*"PUBLIC KEY"/,
  },
  {
    name: 'two keys',
    pem: ecPem + ecPem,
    format: 'ES256_PEM',
    code: 'KEY_NOT_PEM',
    message: /"PUBLIC KEY" and "PUBLIC KEY"/,
  },
  { name: 'no PEM', pem: 'hello', format: 'ES256_PEM', code: 'KEY_NOT_PEM', message: /found none/ },
  { name: 'a PEM cut short', pem: ecPem.slice(0, 80), format: 'ES256_PEM', code: 'KEY_NOT_PEM', message: /found none/ },
  {
    name: 'damaged contents',
    pem: ecPem.replace('MFk', 'AAA'),
    format: 'ES256_PEM',
    code: 'KEY_UNREADABLE',
    message: /damaged/,
  },
];

for (const { name, pem, format, code, message } of REFUSED) {
  test(`${name} is refused with ${code}`, () => {
    assert.throws(() => importVerifyingKey(pem, format), { code, message });
  });
}

test('a private key is refused with a sentence that does not repeat it, even when it is torn', () => {
  const pem = ec.privateKey.export({ type: 'pkcs8', format: 'pem' });
  for (const text of [pem, pem.slice(0, 60), ecPem + pem]) {
    assert.throws(
      () => importVerifyingKey(text, 'ES256_PEM'),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'KEY_IS_PRIVATE');
        assert.ok(!JSON.stringify([error.message, error.cause]).includes(pem.slice(30, 50)));
        return true;
      },
    );
  }
});

test('a public exponent of 1, with which anybody could sign, is refused', () => {
  const jwk = rsa.publicKey.export({ format: 'jwk' });
  const modulus = Buffer.from(jwk.n!, 'base64url');
  assert.throws(() => importVerifyingKey(rsaSpkiPem(modulus, 1), 'RSA_PEM'), kind(/exponent 1/));
  assert.throws(() => importVerifyingKey(rsaSpkiPem(modulus, 4), 'RSA_PEM'), kind(/exponent 4/));
  assert.equal(importVerifyingKey(rsaSpkiPem(modulus, 3), 'RSA_PEM').algorithm, 'RS256');
});

test('random bytes fill the whole array that was given', () => {
  const bytes = new Uint8Array(64);
  assert.equal(randomFill(bytes), bytes);
  assert.ok(new Set(bytes).size > 16);
});

/** SubjectPublicKeyInfo (RFC 8017 appendix A.1.1) of a 2048-bit modulus with its top bit set and a one-byte exponent. */
function rsaSpkiPem(modulus: Uint8Array, exponent: number): string {
  const rsaPublicKey = [0x30, 0x82, 0x01, 0x08, 0x02, 0x82, 0x01, 0x01, 0x00, ...modulus, 0x02, 0x01, exponent];
  const rsaEncryption = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
  const bitString = [0x03, 0x82, 0x01, 0x0d, 0x00, ...rsaPublicKey];
  const der = Buffer.from([0x30, 0x82, 0x01, 0x20, ...rsaEncryption, ...bitString]);
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
}
