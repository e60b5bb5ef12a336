import fc from 'fast-check';
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { wants } from '../../../../test/support/wants.ts';
import { exceptOnBun } from '../runtime/javascriptRuntime.testing.ts';
import { importVerifyingKey, randomFill } from '../runtime/nodeCrypto.ts';
import { openssl } from './certificates.testing.ts';
import { type CertifiedKey, issueAuthority, issueServerCertificate } from './issueCertificates.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const identity = { names: ['localhost', 'pump.local'], addresses: ['127.0.0.1', '192.168.1.20', '::1', 'fd00::abcd'] };
const authority = await issueAuthority('MkIoT CA mkiot-abc123', NOW_MS, randomFill);
const server = await issueServerCertificate(authority, identity, NOW_MS, randomFill);

async function asFiles(certificates: Readonly<Record<string, CertifiedKey>>) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'mkiot certificates-'));
  const file = (name: string): string => join(folder.path, `${name}.pem`);
  for (const [name, { cert }] of Object.entries(certificates)) await writeFile(file(name), cert);
  return { file, [Symbol.asyncDispose]: () => folder.remove() };
}

test('openssl finds nothing to object to, even strictly, for every name and address', wants('openssl'), async () => {
  await using files = await asFiles({ authority, server });
  const verify = ['verify', '-x509_strict', '-purpose', 'sslserver', '-attime', String(NOW_MS / 1000)];
  const chain = ['-CAfile', files.file('authority'), '-no-CApath', files.file('server')];
  for (const name of identity.names) await openssl(...verify, '-verify_hostname', name, ...chain);
  for (const address of identity.addresses) await openssl(...verify, '-verify_ip', address, ...chain);
  await assert.rejects(openssl(...verify, '-verify_hostname', 'elsewhere.local', ...chain), /hostname mismatch/i);
  await assert.rejects(openssl(...verify, '-verify_ip', '192.168.1.21', ...chain), /IP address mismatch/i);
  await openssl('verify', '-x509_strict', '-CAfile', files.file('authority'), files.file('authority'));
});

test('openssl reads the authority as one that certifies servers for 20 years', wants('openssl'), async () => {
  await using files = await asFiles({ authority });
  const text = await openssl('x509', '-in', files.file('authority'), '-noout', '-text');
  assert.match(text, /Issuer: CN = MkIoT CA mkiot-abc123\n/);
  assert.match(text, /Subject: CN = MkIoT CA mkiot-abc123\n/);
  assert.match(text, /Signature Algorithm: ecdsa-with-SHA256/);
  assert.match(text, /NIST CURVE: P-256/);
  assert.match(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0\n/);
  assert.match(text, /Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
  assert.match(text, /Not Before: Nov 21 12:00:00 2026 GMT\s+Not After : Nov 22 12:00:00 2046 GMT/);
});

test(
  'openssl reads the server certificate as one for servers only, back-dated by a day',
  wants('openssl'),
  async () => {
    await using files = await asFiles({ server });
    const text = await openssl('x509', '-in', files.file('server'), '-noout', '-text');
    assert.match(text, /Subject: CN = pump\.local\n/);
    assert.match(text, /Basic Constraints: critical\s+CA:FALSE\n/);
    assert.match(text, /Key Usage: critical\s+Digital Signature\n/);
    assert.match(text, /Extended Key Usage: \s+TLS Web Server Authentication\n/);
    assert.match(text, /Not Before: Nov 21 12:00:00 2026 GMT\s+Not After : Dec 24 12:00:00 2027 GMT/);
    assert.match(text, /DNS:localhost, DNS:pump\.local, IP Address:127\.0\.0\.1, IP Address:192\.168\.1\.20, /);
  },
);

test(
  'an authority made in 2035, whose end needs the longer form of a date, is good too',
  wants('openssl'),
  async () => {
    const nowMs = Date.UTC(2035, 5, 1);
    const late = await issueAuthority('MkIoT CA mkiot-abc123', nowMs, randomFill);
    const ofLate = await issueServerCertificate(late, identity, nowMs, randomFill);
    await using files = await asFiles({ late, ofLate });
    const atTime = ['-attime', String(nowMs / 1000)];
    await openssl('verify', '-x509_strict', ...atTime, '-CAfile', files.file('late'), files.file('ofLate'));
    assert.equal(new X509Certificate(late.cert).validToDate.getUTCFullYear(), 2055);
  },
);

test('a server certificate ends no later than its authority', async () => {
  const nearlyOver = NOW_MS + 20 * 365.25 * DAY_MS - 10 * DAY_MS;
  const { cert } = await issueServerCertificate(authority, identity, nearlyOver, randomFill);
  assert.deepEqual(new X509Certificate(cert).validToDate, new X509Certificate(authority.cert).validToDate);
});

test('a server certificate belongs to its key and to no other authority', async () => {
  const [certificate, own] = [new X509Certificate(server.cert), new X509Certificate(authority.cert)];
  const other = await issueAuthority('MkIoT CA mkiot-abc123', NOW_MS, randomFill);
  assert.equal(certificate.checkIssued(own) && certificate.verify(own.publicKey), true);
  assert.equal(certificate.verify(new X509Certificate(other.cert).publicKey), false);
  assert.doesNotThrow(() => importVerifyingKey(server.cert, 'ES256_X509_PEM'));
});

test('serial numbers are positive, 16 octets, and never the same', async () => {
  const serials = new Set<string>();
  for (let count = 0; count < 20; count++) {
    const { cert } = await issueServerCertificate(authority, identity, NOW_MS, randomFill);
    const { serialNumber } = new X509Certificate(cert);
    assert.match(serialNumber, /^[4-7][0-9A-F]{31}$/);
    serials.add(serialNumber);
  }
  assert.equal(serials.size, 20);
});

const anyAddress = exceptOnBun('its URL knows not every spelling of an IPv6 address');
test('whatever names and addresses a machine has, its certificate is good for each', anyAddress, async () => {
  const name = fc.domain().map((domain) => domain.toLowerCase());
  const names = fc.uniqueArray(name, { maxLength: 8 });
  const addresses = fc.uniqueArray(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(names, addresses, async (someNames, someAddresses) => {
      const some = { names: ['localhost', ...someNames], addresses: someAddresses };
      const { cert } = await issueServerCertificate(authority, some, NOW_MS, randomFill);
      const certificate = new X509Certificate(cert);
      for (const each of some.names) assert.equal(certificate.checkHost(each), each);
      for (const each of some.addresses) assert.equal(certificate.checkIP(each), each);
    }),
    { numRuns: 30 },
  );
});
