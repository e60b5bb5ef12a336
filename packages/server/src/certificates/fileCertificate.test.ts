import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { wants } from '../../../../test/support/wants.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { CertificateBench, connectTrusting, openssl, startEcho } from './certificates.testing.ts';
import type { CertificateKeeper } from './certificateKeeper.ts';
import { type CertifiedKey, issueAuthority, issueServerCertificate } from './issueCertificates.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.now();
const identity = { names: ['iot.example'], addresses: [] };
const authority = await issueAuthority('Some authority', NOW_MS, randomFill);

function issue(nowMs: number = NOW_MS): Promise<CertifiedKey> {
  return issueServerCertificate(authority, identity, nowMs, randomFill);
}

/** A keeper whose HTTPS listener has the operator's certificate in `files`. */
async function keeperOf(bench: CertificateBench, certificateFile: string, keyFile: string): Promise<CertificateKeeper> {
  return await bench.keeper({ ownCertificates: { mqtt: {}, https: { certificateFile, keyFile } } });
}

async function writePair(bench: CertificateBench, { cert, key }: CertifiedKey) {
  return { cert: await bench.file('cert.pem', cert), key: await bench.file('key.pem', key) };
}

test('one listener has the operator’s certificate, the other the one of our authority', async () => {
  await using bench = await CertificateBench.open();
  const own = await issue();
  const files = await writePair(bench, own);
  const keeper = await keeperOf(bench, files.cert, files.key);
  assert.deepEqual(keeper.current('https'), own);
  using echo = await startEcho(keeper.current('https'));
  (await connectTrusting(authority.cert, echo.port, 'iot.example')).destroy();
  await assert.rejects(connectTrusting(keeper.authorityCertificate, echo.port, 'iot.example'));
  using mqtt = await startEcho(keeper.current('mqtt'));
  (await connectTrusting(keeper.authorityCertificate, mqtt.port, 'localhost')).destroy();
});

test(
  'an RSA certificate with its intermediate, made by openssl, is served with the whole chain',
  wants('openssl'),
  async () => {
    await using bench = await CertificateBench.open();
    const at = (name: string): string => join(bench.outside, name);
    const request = async (name: string, subject: string, extension: string, ...issuer: string[]): Promise<void> => {
      const key = ['-newkey', 'rsa:2048', '-noenc', '-keyout', at(`${name}.key`)];
      const rest = ['-subj', `/CN=${subject}`, '-addext', extension, '-days', '90', '-out', at(`${name}.pem`)];
      await openssl('req', '-x509', ...key, ...rest, ...issuer);
    };
    await request('root', 'Root', 'basicConstraints=critical,CA:TRUE');
    await request(
      'middle',
      'Middle',
      'basicConstraints=critical,CA:TRUE',
      '-CA',
      at('root.pem'),
      '-CAkey',
      at('root.key'),
    );
    await request(
      'leaf',
      'Leaf',
      'subjectAltName=DNS:iot.example',
      '-CA',
      at('middle.pem'),
      '-CAkey',
      at('middle.key'),
    );
    const chain = (await readFile(at('leaf.pem'), 'utf8')) + (await readFile(at('middle.pem'), 'utf8'));
    await chmod(at('leaf.key'), 0o600);
    bench.clock.setWallClock(Date.now());
    const keeper = await keeperOf(bench, await bench.file('chain.pem', `some text\n${chain}`), at('leaf.key'));
    using echo = await startEcho(keeper.current('https'));
    (await connectTrusting(await readFile(at('root.pem'), 'utf8'), echo.port, 'iot.example')).destroy();
  },
);

test('changed files are taken within a minute, and nobody is told when they are not changed', async () => {
  await using bench = await CertificateBench.open();
  const files = await writePair(bench, await issue());
  const keeper = await keeperOf(bench, files.cert, files.key);
  let told = 0;
  keeper.onChange('https', () => told++);
  await keeper.check();
  assert.equal(told, 0);
  const next = await issue();
  await writePair(bench, next);
  const change = new Promise((resolve) => keeper.onChange('https', resolve));
  bench.clock.advance(60_000);
  assert.deepEqual(await change, next);
  assert.equal(told, 1);
});

test('a half-written renewal changes nothing, is complained about once, and is taken when it is whole', async () => {
  await using bench = await CertificateBench.open();
  const [first, next] = [await issue(), await issue()];
  const files = await writePair(bench, first);
  const keeper = await keeperOf(bench, files.cert, files.key);
  await writeFile(files.cert, next.cert);
  await keeper.check();
  await keeper.check();
  assert.deepEqual(keeper.current('https'), first);
  assert.equal(bench.logLines.filter((line) => line.includes('does not belong to the certificate')).length, 1);
  await rm(files.key);
  await keeper.check();
  assert.deepEqual(keeper.current('https'), first);
  assert.equal(bench.logLines.filter((line) => line.includes('cannot be read (ENOENT)')).length, 1);
  await bench.file('key.pem', next.key);
  await keeper.check();
  assert.deepEqual(keeper.current('https'), next);
});

test('a certificate that ends soon, and one that has ended while in use, are complained about', async () => {
  await using bench = await CertificateBench.open();
  const own = await issue();
  const files = await writePair(bench, own);
  const keeper = await keeperOf(bench, files.cert, files.key);
  const endMs = new X509Certificate(own.cert).validToDate.getTime();
  bench.clock.setWallClock(endMs - 70 * DAY_MS);
  await keeper.check();
  assert.ok(!bench.logLines.some((line) => line.includes('needs attention')));
  bench.clock.setWallClock(endMs - 60 * DAY_MS);
  await keeper.check();
  assert.equal(bench.logLines.filter((line) => line.includes('it ends at')).length, 1);
  bench.clock.setWallClock(endMs + 1_000);
  await keeper.check();
  assert.equal(bench.logLines.filter((line) => line.includes('it ended at')).length, 1);
  assert.deepEqual(keeper.current('https'), own);
});

const unrelated = await issueAuthority('Unrelated', NOW_MS, randomFill);
const good = await issue();
const other = await issue();
const encryptedKey = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIHsMFcG\n-----END ENCRYPTED PRIVATE KEY-----\n';

const REFUSED: readonly {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
  readonly keyMode?: number;
  readonly code: string;
  readonly message: RegExp;
}[] = [
  {
    name: 'the key of another certificate',
    cert: good.cert,
    key: other.key,
    code: 'OWN_CERTIFICATE_KEY_WRONG',
    message: /key\.pem.*cert\.pem/s,
  },
  {
    name: 'the issuer before the server’s own',
    cert: authority.cert + good.cert,
    key: good.key,
    code: 'OWN_CERTIFICATE_KEY_WRONG',
    message: /first/,
  },
  {
    name: 'a chain with a stranger in it',
    cert: good.cert + unrelated.cert,
    key: good.key,
    code: 'OWN_CERTIFICATE_CHAIN_BROKEN',
    message: /certificate 2 \(CN=Unrelated\)/,
  },
  {
    name: 'no certificate',
    cert: 'hello',
    key: good.key,
    code: 'OWN_CERTIFICATE_NOT_PEM',
    message: /cert\.pem.*certificates/s,
  },
  {
    name: 'a damaged certificate',
    cert: good.cert.replace('MIIB', 'AAAA'),
    key: good.key,
    code: 'OWN_CERTIFICATE_NOT_PEM',
    message: /cert\.pem/,
  },
  {
    name: 'no key',
    cert: good.cert,
    key: good.cert,
    code: 'OWN_CERTIFICATE_NOT_PEM',
    message: /key\.pem.*one unencrypted private key/s,
  },
  {
    name: 'an encrypted key',
    cert: good.cert,
    key: encryptedKey,
    code: 'OWN_CERTIFICATE_NOT_PEM',
    message: /key\.pem.*one unencrypted private key/s,
  },
  {
    name: 'a key that everybody may read',
    cert: good.cert,
    key: good.key,
    keyMode: 0o644,
    code: 'OWN_CERTIFICATE_KEY_EXPOSED',
    message: /key\.pem.*mode 0644/s,
  },
];

for (const { name, cert, key, keyMode, code, message } of REFUSED) {
  test(`${name} stops the start with ${code}`, async () => {
    await using bench = await CertificateBench.open();
    const certificateFile = await bench.file('cert.pem', cert);
    const keyFile = await bench.file('key.pem', key, keyMode);
    await assert.rejects(keeperOf(bench, certificateFile, keyFile), (error: Error & { code?: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.match(error.message, /https listener/);
      assert.ok(!error.message.includes(good.key.slice(40, 60)));
      return true;
    });
  });
}

for (const [name, nowMs, code] of [
  ['an expired certificate', NOW_MS - 400 * DAY_MS, 'OWN_CERTIFICATE_EXPIRED'],
  ['a certificate of the future', NOW_MS + 3 * DAY_MS, 'OWN_CERTIFICATE_NOT_YET_VALID'],
] as const) {
  test(`${name} stops the start with ${code}`, async () => {
    await using bench = await CertificateBench.open();
    const files = await writePair(bench, await issue(nowMs));
    await assert.rejects(keeperOf(bench, files.cert, files.key), { code, message: /20\d\d-\d\d-\d\dT/ });
  });
}

test('an issuer that only has the right name stops the start', wants('openssl'), async () => {
  await using bench = await CertificateBench.open();
  const at = (name: string): string => join(bench.outside, name);
  const request = (name: string, ...rest: string[]): Promise<string> =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-noenc',
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.pem`),
      ...rest,
    );
  await request('issuer', '-subj', '/CN=Issuer');
  await request('impostor', '-subj', '/CN=Issuer');
  const noKeyId = ['-addext', 'authorityKeyIdentifier=none'];
  await request('own', '-subj', '/CN=own', '-CA', at('issuer.pem'), '-CAkey', at('issuer.key'), ...noKeyId);
  await chmod(at('own.key'), 0o600);
  const chain = (await readFile(at('own.pem'), 'utf8')) + (await readFile(at('impostor.pem'), 'utf8'));
  await assert.rejects(keeperOf(bench, await bench.file('chain.pem', chain), at('own.key')), {
    code: 'OWN_CERTIFICATE_CHAIN_BROKEN',
  });
});

test('a certificate that TLS refuses stops the start with the reason', wants('openssl'), async () => {
  await using bench = await CertificateBench.open();
  const [cert, key] = [join(bench.outside, 'weak.pem'), join(bench.outside, 'weak.key')];
  await openssl('req', '-x509', '-newkey', 'rsa:1024', '-noenc', '-keyout', key, '-out', cert, '-subj', '/CN=weak');
  await chmod(key, 0o600);
  bench.clock.setWallClock(Date.now());
  await assert.rejects(keeperOf(bench, cert, key), { code: 'OWN_CERTIFICATE_UNSUITABLE', message: /key too small/ });
});

test('a file that is not there stops the start with its name', async () => {
  await using bench = await CertificateBench.open();
  const files = await writePair(bench, await issue());
  await assert.rejects(keeperOf(bench, '/nowhere/c.pem', files.key), {
    code: 'OWN_CERTIFICATE_UNREADABLE',
    message: /\/nowhere\/c\.pem.*ENOENT/,
  });
});

test('a key that its group may read is fine', async () => {
  await using bench = await CertificateBench.open();
  const files = await writePair(bench, await issue());
  await chmod(files.key, 0o640);
  await keeperOf(bench, files.cert, files.key);
});
