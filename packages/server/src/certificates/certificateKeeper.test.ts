import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostIdentity } from '../runtime/hostIdentity.ts';
import { CertificateBench, connectTrusting, startEcho } from './certificates.testing.ts';
import type { CertificateKeeper } from './certificateKeeper.ts';
import type { CertifiedKey } from './issueCertificates.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

function nextChange(keeper: CertificateKeeper): Promise<CertifiedKey> {
  return new Promise((resolve) => keeper.onChange('mqtt', resolve));
}

test('a client that trusts only the authority connects by name and by address, and by no other', async () => {
  await using bench = await CertificateBench.open();
  const keeper = await bench.keeper({ names: ['Pump-House.example', '10.1.2.3'] });
  using echo = await startEcho(keeper.current('mqtt'));
  for (const host of ['localhost', '127.0.0.1', '::1', 'pump.local', 'pump-house.example', '10.1.2.3']) {
    (await connectTrusting(keeper.authorityCertificate, echo.port, host)).destroy();
  }
  for (const host of ['elsewhere.example', '10.1.2.4']) {
    await assert.rejects(connectTrusting(keeper.authorityCertificate, echo.port, host), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  }
});

test('a client connects by every name and address that this machine really has', async () => {
  await using bench = await CertificateBench.open();
  const keeper = await bench.keeper({ hostIdentity });
  using echo = await startEcho(keeper.current('mqtt'));
  for (const host of [...hostIdentity().names, ...hostIdentity().addresses]) {
    (await connectTrusting(keeper.authorityCertificate, echo.port, host)).destroy();
  }
});

test('a client that trusts another installation’s authority does not connect', async () => {
  await using bench = await CertificateBench.open();
  await using other = await CertificateBench.open();
  const keeper = await bench.keeper();
  using echo = await startEcho(keeper.current('https'));
  await assert.rejects(
    connectTrusting((await other.keeper()).authorityCertificate, echo.port, 'localhost'),
    /certificate/,
  );
});

test('a restart finds the same authority and the same certificate', async () => {
  await using bench = await CertificateBench.open();
  const first = await bench.keeper();
  await first.close();
  const second = await bench.keeper();
  assert.equal(second.authorityCertificate, first.authorityCertificate);
  assert.deepEqual(second.current('mqtt'), first.current('mqtt'));
});

test('a certificate is renewed when a third of its life is left, while a connection stays up', async () => {
  // Both certificates must be valid at the true time, which is the client's: the first is issued 266 days before it.
  const startMs = Date.now() - 266 * DAY_MS;
  await using bench = await CertificateBench.open(startMs);
  const keeper = await bench.keeper();
  using echo = await startEcho(keeper.current('mqtt'));
  keeper.onChange('mqtt', (certificate) => echo.server.setSecureContext(certificate));
  const before = await connectTrusting(keeper.authorityCertificate, echo.port, 'localhost');
  const first = before.getPeerX509Certificate()!;

  bench.clock.setWallClock(startMs + 264 * DAY_MS);
  await keeper.check();
  assert.equal(keeper.current('mqtt').cert, first.toString());

  bench.clock.setWallClock(startMs + 266 * DAY_MS);
  bench.clock.advance(MINUTE_MS);
  await keeper.close();
  assert.notEqual(keeper.current('mqtt').cert, first.toString());

  const after = await connectTrusting(keeper.authorityCertificate, echo.port, 'localhost');
  assert.equal(after.getPeerX509Certificate()!.toString(), keeper.current('mqtt').cert);
  assert.notEqual(after.getPeerX509Certificate()!.serialNumber, first.serialNumber);
  before.write('still here');
  const [answer] = (await once(before, 'data')) as [Buffer];
  assert.equal(answer.toString(), 'still here');
  before.destroy();
  after.destroy();
});

test('both listeners get the one renewed certificate, and who has left is not told', async () => {
  await using bench = await CertificateBench.open();
  const keeper = await bench.keeper();
  const told: string[] = [];
  keeper.onChange('https', () => told.push('https'));
  keeper.onChange('mqtt', () => told.push('gone'))();
  bench.clock.setWallClock(bench.clock.now() + 300 * DAY_MS);
  await keeper.check();
  await keeper.check();
  assert.deepEqual(told, ['https']);
  assert.equal(keeper.current('mqtt'), keeper.current('https'));
});

test('a changed name or address brings another certificate within a minute, an unchanged one none', async () => {
  await using bench = await CertificateBench.open();
  const keeper = await bench.keeper();
  const first = keeper.current('mqtt');
  await keeper.check();
  assert.equal(keeper.current('mqtt'), first);
  bench.identity = { names: ['localhost', 'valve.local'], addresses: ['127.0.0.1', '10.0.0.7'] };
  const change = nextChange(keeper);
  bench.clock.advance(MINUTE_MS);
  const certificate = new X509Certificate((await change).cert);
  assert.equal(certificate.checkHost('valve.local'), 'valve.local');
  assert.equal(certificate.checkIP('10.0.0.7'), '10.0.0.7');
  assert.equal(certificate.checkHost('pump.local'), undefined);
});

test('the keeper goes on looking minute after minute, and stops when it is closed', async () => {
  await using bench = await CertificateBench.open();
  const keeper = await bench.keeper();
  for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) {
    bench.identity = { names: ['localhost'], addresses: [address] };
    const change = nextChange(keeper);
    await bench.clock.advanceAsync(MINUTE_MS);
    assert.equal(new X509Certificate((await change).cert).checkIP(address), address);
    await keeper.check();
    await bench.clock.advanceAsync(0);
  }
  await keeper.close();
  const last = keeper.current('mqtt');
  bench.identity = { names: ['localhost'], addresses: ['10.0.0.4'] };
  await bench.clock.advanceAsync(10 * MINUTE_MS);
  assert.equal(keeper.current('mqtt'), last);
});

test('a listener that fails to take a new certificate keeps no other from it', async () => {
  await using bench = await CertificateBench.open();
  const keeper = await bench.keeper();
  keeper.onChange('mqtt', () => {
    throw new Error('no');
  });
  const told = new Promise((resolve) => keeper.onChange('https', resolve));
  bench.identity = { names: ['localhost'], addresses: [] };
  await keeper.check();
  await told;
  assert.ok(bench.logLines.some((line) => line.includes('looking after the certificates failed')));
});

test('a clock that was ahead and is set right brings a certificate that is valid now', async () => {
  const nowMs = Date.now();
  await using bench = await CertificateBench.open(nowMs);
  await (await bench.keeper()).close();
  bench.clock.setWallClock(nowMs + 250 * DAY_MS);
  bench.identity = { ...bench.identity, addresses: [] };
  const keeper = await bench.keeper();
  bench.clock.setWallClock(nowMs);
  await keeper.check();
  assert.ok(new X509Certificate(keeper.current('mqtt').cert).validFromDate.getTime() < nowMs);
});

test('an authority that was made with a clock far ahead is complained about when the clock is right', async () => {
  const nowMs = Date.now();
  await using bench = await CertificateBench.open(nowMs + 100 * DAY_MS);
  await (await bench.keeper()).close();
  assert.ok(!bench.logLines.some((line) => line.includes('needs attention')));
  bench.clock.setWallClock(nowMs);
  await bench.keeper();
  assert.ok(bench.logLines.some((line) => line.includes('the certificate authority needs attention')));
});

test('private keys lie on disk sealed only, in files that nobody else may open', async () => {
  await using bench = await CertificateBench.open();
  await bench.keeper();
  const { certificates, authorityCertificate } = bench.dataFolder.paths;
  assert.equal((await stat(certificates)).mode & 0o777, 0o700);
  for (const name of await readdir(certificates)) {
    const file = join(certificates, name);
    assert.equal((await stat(file)).mode & 0o777, 0o600, name);
    const contents = await readFile(file, 'latin1');
    assert.ok(!contents.includes('PRIVATE KEY'), name);
    assert.equal(contents.includes('BEGIN CERTIFICATE'), file === authorityCertificate, name);
  }
});

test('a server certificate that was changed on disk is made again; the authority stays', async () => {
  await using bench = await CertificateBench.open();
  const first = await bench.keeper();
  await first.close();
  await writeFile(bench.dataFolder.paths.serverCertificate, 'x');
  const second = await bench.keeper();
  assert.notEqual(second.current('mqtt').cert, first.current('mqtt').cert);
  assert.equal(second.authorityCertificate, first.authorityCertificate);
  assert.ok(bench.logLines.some((line) => line.includes('cannot be used; a new one is made')));
});

for (const [name, damage] of [
  ['lost', (file: string) => rm(file)],
  ['changed', (file: string) => writeFile(file, new Uint8Array(200).fill(1))],
] as const) {
  test(`an authority that was ${name} stops the start; it is never silently replaced`, async () => {
    await using bench = await CertificateBench.open();
    await (await bench.keeper()).close();
    const { authority, authorityCertificate } = bench.dataFolder.paths;
    const certificate = await readFile(authorityCertificate, 'utf8');
    await damage(authority);
    await assert.rejects(bench.keeper(), { code: 'AUTHORITY_LOST', message: /Restore it from a backup/ });
    assert.equal(await readFile(authorityCertificate, 'utf8'), certificate);
  });
}

test('a lost or changed copy of the authority’s certificate is written again', async () => {
  await using bench = await CertificateBench.open();
  const first = await bench.keeper();
  await first.close();
  const { authorityCertificate } = bench.dataFolder.paths;
  for (const damage of [() => rm(authorityCertificate), () => writeFile(authorityCertificate, 'x')]) {
    await damage();
    const keeper = await bench.keeper();
    await keeper.close();
    assert.equal(keeper.authorityCertificate, first.authorityCertificate);
    assert.equal(await readFile(authorityCertificate, 'utf8'), first.authorityCertificate);
  }
});

test('where the operator has removed the authority and its copy, a new one certifies the server anew', async () => {
  await using bench = await CertificateBench.open();
  const first = await bench.keeper();
  await first.close();
  await rm(bench.dataFolder.paths.authority);
  await rm(bench.dataFolder.paths.authorityCertificate);
  const second = await bench.keeper();
  assert.notEqual(second.authorityCertificate, first.authorityCertificate);
  using echo = await startEcho(second.current('mqtt'));
  (await connectTrusting(second.authorityCertificate, echo.port, 'localhost')).destroy();
});

test('an authority cannot be put in place from another installation', async () => {
  await using bench = await CertificateBench.open();
  await using other = await CertificateBench.open();
  await (await other.keeper()).close();
  await (await bench.keeper()).close();
  await copyFile(other.dataFolder.paths.authority, bench.dataFolder.paths.authority);
  await assert.rejects(bench.keeper(), { code: 'AUTHORITY_LOST', message: /another key file/ });
});

test('a first start with a clock from 1970 is refused: its authority would be over at once', async () => {
  await using bench = await CertificateBench.open(0);
  await assert.rejects(bench.keeper(), { code: 'AUTHORITY_CLOCK_WRONG', message: /1970-01-01/ });
});
