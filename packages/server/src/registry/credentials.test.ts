import type { PublicKeyFormat } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { checkCredentials } from './credentials.ts';
import type { CredentialFields } from './model.ts';
import { checkRegistryCertificates } from './registryCertificates.ts';
import { certificateBench, hasOpenssl, P256, P384, RSA_1024, RSA_2048 } from './x509.testing.ts';

const NOW = Date.UTC(2026, 10, 22);

function ecKey(namedCurve: string): { publicPem: string; privatePem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

function rsaKey(modulusLength: number): { publicPem: string; pkcs1Pem: string } {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }),
    pkcs1Pem: publicKey.export({ type: 'pkcs1', format: 'pem' }),
  };
}

function credential(format: PublicKeyFormat, pem: string): CredentialFields {
  return { format, pem, expiresAtMs: undefined };
}

function check(credentials: readonly CredentialFields[], registryCertificates: readonly string[] = []): void {
  checkCredentials(credentials, [], registryCertificates, NOW);
}

const p256 = ecKey('P-256');
const rsa2048 = rsaKey(2048);

test('plain keys of both kinds are taken', () => {
  check([credential('ES256_PEM', p256.publicPem), credential('RSA_PEM', rsa2048.publicPem)]);
});

for (const [what, format, pem, code] of [
  ['an EC key as RSA_PEM', 'RSA_PEM', p256.publicPem, 'KEY_KIND_WRONG'],
  ['an RSA key as ES256_PEM', 'ES256_PEM', rsa2048.publicPem, 'KEY_KIND_WRONG'],
  ['a key on P-384', 'ES256_PEM', ecKey('P-384').publicPem, 'KEY_KIND_WRONG'],
  ['a key on P-521', 'ES256_PEM', ecKey('P-521').publicPem, 'KEY_KIND_WRONG'],
  ['an RSA key of 1024 bit', 'RSA_PEM', rsaKey(1024).publicPem, 'KEY_KIND_WRONG'],
  ['an RSA key as PKCS#1', 'RSA_PEM', rsa2048.pkcs1Pem, 'KEY_NOT_PEM'],
  ['a plain key as a certificate', 'ES256_X509_PEM', p256.publicPem, 'KEY_NOT_PEM'],
  ['a private key', 'ES256_PEM', p256.privatePem, 'KEY_IS_PRIVATE'],
  ['a private key after a public one', 'ES256_PEM', p256.publicPem + p256.privatePem, 'KEY_IS_PRIVATE'],
  ['no format', 'UNSPECIFIED_PUBLIC_KEY_FORMAT', p256.publicPem, 'KEY_FORMAT_UNSUPPORTED'],
  ['an empty text', 'ES256_PEM', '', 'KEY_NOT_PEM'],
  ['a damaged key', 'ES256_PEM', p256.publicPem.replace(/\n.{8}/, '\nAAAAAAAA'), 'KEY_UNREADABLE'],
] as const) {
  test(`${what} is refused, and the error holds nothing of it`, () => {
    assert.throws(
      () => check([credential(format, pem)]),
      (error: Error & { code: string; context: object }) => {
        assert.equal(error.code, code);
        const told = error.message + JSON.stringify(error.context);
        for (const line of pem.split('\n').filter((each) => each.length > 20 && !each.startsWith('-'))) {
          assert.ok(!told.includes(line));
        }
        return true;
      },
    );
  });
}

test('a device has at most three keys', () => {
  const key = credential('ES256_PEM', p256.publicPem);
  check([key, key, key]);
  assert.throws(() => check([key, key, key, key]), { code: 'CREDENTIALS_TOO_MANY' });
});

const withOpenssl = { skip: (await hasOpenssl()) ? false : 'openssl is not installed' };

test('a self-signed certificate is taken where the registry has none', withOpenssl, async () => {
  await using bench = await certificateBench();
  check([
    credential('ES256_X509_PEM', (await bench.make('ec', { algorithm: P256 })).pem),
    credential('RSA_X509_PEM', (await bench.make('rsa', { algorithm: RSA_2048 })).pem),
  ]);
});

for (const [what, dates] of [
  ['ran out yesterday', { notAfter: '20261121000000Z' }],
  ['begins tomorrow', { notBefore: '20261123000000Z' }],
] as const) {
  test(`a certificate that ${what} is refused, unless the device has it already`, withOpenssl, async () => {
    await using bench = await certificateBench();
    const { pem } = await bench.make('device', dates);
    const given = credential('ES256_X509_PEM', pem);
    assert.throws(() => check([given]), { code: 'CREDENTIAL_CERTIFICATE_NOT_VALID_NOW' });
    checkCredentials([given], [given], [], NOW);
    assert.throws(() => checkRegistryCertificates([pem], [], NOW), { code: 'CREDENTIAL_CERTIFICATE_NOT_VALID_NOW' });
    checkRegistryCertificates([pem], [pem], NOW);
  });
}

test(
  'where a registry has certificates, a new device key must be signed by one of them directly',
  withOpenssl,
  async () => {
    await using bench = await certificateBench();
    const root = await bench.make('root', { algorithm: RSA_2048 });
    const other = await bench.make('other');
    const middle = await bench.make('middle', { issuer: root });
    const device = credential('ES256_X509_PEM', (await bench.make('device', { issuer: root })).pem);
    const below = credential('ES256_X509_PEM', (await bench.make('below', { issuer: middle })).pem);
    const plain = credential('ES256_PEM', p256.publicPem);
    const registry = [other.pem, root.pem];

    check([device], registry);
    assert.throws(() => check([below], registry), { code: 'CREDENTIAL_NOT_SIGNED_BY_REGISTRY' });
    assert.throws(() => check([device], [other.pem]), { code: 'CREDENTIAL_NOT_SIGNED_BY_REGISTRY' });
    assert.throws(() => check([plain], registry), { code: 'CREDENTIAL_NOT_A_CERTIFICATE' });
    assert.throws(() => check([credential('ES256_X509_PEM', other.pem)], registry), {
      code: 'CREDENTIAL_IS_REGISTRY_CERTIFICATE',
    });
    checkCredentials([plain, below, device], [plain, below], registry, NOW);
  },
);

test('a device certificate that only bears the name of a registry certificate is refused', withOpenssl, async () => {
  await using bench = await certificateBench();
  const root = await bench.make('root');
  const impostor = await bench.make('root', {});
  const device = credential('ES256_X509_PEM', (await bench.make('device', { issuer: impostor })).pem);
  assert.throws(() => check([device], [root.pem]), { code: 'CREDENTIAL_NOT_SIGNED_BY_REGISTRY' });
});

test(
  'registry certificates are RSA or P-256, at most ten, and come without their private key',
  withOpenssl,
  async () => {
    await using bench = await certificateBench();
    const p256Root = await bench.make('p256');
    const rsaRoot = await bench.make('rsa', { algorithm: RSA_2048 });
    checkRegistryCertificates([p256Root.pem, rsaRoot.pem], [], NOW);
    checkRegistryCertificates(
      Array.from({ length: 10 }, () => p256Root.pem),
      [],
      NOW,
    );
    for (const [certificates, code] of [
      [[(await bench.make('p384', { algorithm: P384 })).pem], 'CERTIFICATE_KEY_UNFIT'],
      [[(await bench.make('weak', { algorithm: RSA_1024 })).pem], 'CERTIFICATE_KEY_UNFIT'],
      [[p256Root.pem + p256Root.keyPem], 'CERTIFICATE_IS_PRIVATE_KEY'],
      [[p256Root.pem + rsaRoot.pem], 'CERTIFICATE_UNREADABLE'],
      [[p256Root.pem.replace(/\n.{8}/, '\nAAAAAAAA')], 'CERTIFICATE_UNREADABLE'],
      [[p256.publicPem], 'CERTIFICATE_UNREADABLE'],
      [[''], 'CERTIFICATE_UNREADABLE'],
      [Array.from({ length: 11 }, () => p256Root.pem), 'CERTIFICATES_TOO_MANY'],
    ] as const) {
      assert.throws(() => checkRegistryCertificates(certificates, [], NOW), { code });
    }
  },
);
