import assert from 'node:assert/strict';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { wants } from '../../../../test/support/wants.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { certificateDer, describeCertificate } from './certificateDescription.ts';
import { openssl } from './certificates.testing.ts';
import { issueAuthority } from './issueCertificates.ts';

test('a certificate is described as openssl describes it', wants('openssl'), async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot description-'));
  const { cert } = await issueAuthority('MkIoT CA mkiot-abc123', Date.UTC(2026, 10, 22), randomFill);
  const [pem, der, spki] = ['a.pem', 'a.der', 'a.spki'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(pem, cert);
  await writeFile(der, certificateDer(cert));

  const description = describeCertificate(cert);
  const shown = await openssl(
    'x509',
    '-in',
    pem,
    '-noout',
    '-fingerprint',
    '-sha256',
    '-serial',
    '-subject',
    '-issuer',
  );
  assert.match(shown, new RegExp(`Fingerprint=${description.sha256Fingerprint}\n`));
  assert.match(shown, new RegExp(`serial=${description.serialNumber}\n`));
  assert.equal(description.subject, 'CN=MkIoT CA mkiot-abc123');
  assert.equal(description.issuer, description.subject);
  assert.deepEqual(
    [description.notBefore, description.notAfter],
    ['2026-11-21T00:00:00.000Z', '2046-11-22T00:00:00.000Z'],
  );
  assert.equal((await openssl('x509', '-in', der, '-inform', 'DER')).trim(), cert.trim());

  await writeFile(spki, await openssl('x509', '-in', pem, '-noout', '-pubkey'));
  await openssl('pkey', '-pubin', '-in', spki, '-outform', 'DER', '-out', der);
  const digest = await openssl('dgst', '-sha256', der);
  const hex = Buffer.from(description.publicKeySha256, 'base64').toString('hex');
  assert.match(digest, new RegExp(`= ${hex}\n`));
});
