import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { X509Certificate } from 'node:crypto';
import { formatFingerprint } from '@mkiot/core/crypto/fingerprint';
import { startTestPlatform, json, type TestPlatform } from '../../platform/platform.testing.ts';

function fingerprintOf({ platform }: TestPlatform): string {
  return formatFingerprint(new X509Certificate(platform.authorityCertificate).fingerprint256);
}

function setupLink({ url, platform }: TestPlatform): string {
  return `${url}/setup#${platform.setupCode}`;
}

async function savedLogin({ outside }: TestPlatform): Promise<string | undefined> {
  return readFile(join(outside, 'home/.config/mkiot/credentials.json'), 'utf8').catch(() => undefined);
}

test('a person confirms the fingerprint, and the set-up link becomes a saved login', async () => {
  await using it = await startTestPlatform();
  const login = await it.elsewhere(['login', setupLink(it)], { answers: ['yes'] });
  assert.equal(login.exitCode, 0, login.stderr);
  assert.ok(login.stderr.includes(fingerprintOf(it)));
  assert.match(login.stdout, /Logged in to https:\/\/localhost:\d+ as token:\w+ \(from the set-up link\)/);

  const saved = JSON.parse((await savedLogin(it)) ?? '') as Record<string, string>;
  assert.deepEqual(Object.keys(saved).sort(), ['ca', 'token', 'url']);
  assert.equal(saved['url'], it.url);
  assert.equal(
    new X509Certificate(saved['ca']!).fingerprint256,
    new X509Certificate(it.platform.authorityCertificate).fingerprint256,
  );
  assert.equal((await stat(join(it.outside, 'home/.config/mkiot/credentials.json'))).mode & 0o777, 0o600);
  assert.match((await it.elsewhere(['whoami'])).stdout, /from the set-up link/);
});

test('a fingerprint in whatever spelling lets a script in', async () => {
  await using it = await startTestPlatform();
  const colons = new X509Certificate(it.platform.authorityCertificate).fingerprint256;
  const login = await it.elsewhere(['login', setupLink(it), '--fingerprint', colons]);
  assert.equal(login.exitCode, 0, login.stderr);
});

test('another fingerprint ends the login before anything is sent', async () => {
  await using it = await startTestPlatform();
  const wrong = await it.elsewhere(['login', setupLink(it), '--fingerprint', `sha256:${'0'.repeat(64)}`]);
  assert.equal(wrong.exitCode, 1);
  assert.match(wrong.stderr, /\[FINGERPRINT_OTHER\]/);
  assert.equal(await savedLogin(it), undefined);
  // The code is still good: it never got there.
  assert.equal((await it.elsewhere(['login', setupLink(it), '--fingerprint', fingerprintOf(it)])).exitCode, 0);
});

test('whoever does not say yes is not logged in', async () => {
  await using it = await startTestPlatform();
  for (const answer of ['no', 'y', '']) {
    const login = await it.elsewhere(['login', setupLink(it)], { answers: [answer] });
    assert.equal(login.exitCode, 1);
    assert.match(login.stderr, /\[FINGERPRINT_REFUSED\]/);
  }
  assert.equal(await savedLogin(it), undefined);
});

test('without a terminal and a fingerprint nobody is trusted, and the error tells the fingerprint', async () => {
  await using it = await startTestPlatform();
  const login = await it.elsewhere(['login', setupLink(it)]);
  assert.equal(login.exitCode, 1);
  assert.match(login.stderr, new RegExp(`${fingerprintOf(it)}.*\\[FINGERPRINT_UNCONFIRMED\\]`));
});

test('a set-up link works once, and its code appears nowhere', async () => {
  await using it = await startTestPlatform();
  const arguments_ = ['login', setupLink(it), '--fingerprint', fingerprintOf(it), '--debug'];
  const [first, second] = [await it.elsewhere(arguments_), await it.elsewhere(arguments_)];
  assert.equal(first.exitCode, 0);
  assert.equal(second.exitCode, 1);
  assert.match(second.stderr, /\[SETUP_CODE_REFUSED\]/);
  const written = [first.stdout, first.stderr, second.stdout, second.stderr, ...it.logLines].join('\n');
  assert.ok(!written.includes(it.platform.setupCode!));
});

test('a token comes from the standard input or from a person, and a wrong one is not kept', async () => {
  await using it = await startTestPlatform();
  const create = ['token', 'create', '--name', 'wallboard', '--role', 'viewer', '--json'];
  const { token } = json(await it.mkiot(...create)) as { token: string };
  const fingerprint = ['--fingerprint', fingerprintOf(it)];

  const wrong = await it.elsewhere(['login', it.url, ...fingerprint], { stdin: 'mkiot_wrong_token\n' });
  assert.match(wrong.stderr, /\[TOKEN_REFUSED\]/);
  assert.equal(await savedLogin(it), undefined);
  const empty = await it.elsewhere(['login', it.url, ...fingerprint]);
  assert.match(empty.stderr, /\[LOGIN_TOKEN_EMPTY\]/);

  const piped = await it.elsewhere(['login', it.url, ...fingerprint], { stdin: `${token}\n` });
  assert.equal(piped.exitCode, 0, piped.stderr);
  assert.match((await it.elsewhere(['whoami'])).stdout, /\(wallboard\)/);
  const typed = await it.elsewhere(['login', it.url], { answers: ['yes', token] });
  assert.equal(typed.exitCode, 0, typed.stderr);
  assert.ok(!`${piped.stdout}${piped.stderr}${typed.stdout}${typed.stderr}`.includes(token));
});

test('afterwards that authority alone is trusted: another server at the address is refused', async () => {
  await using it = await startTestPlatform();
  await using other = await startTestPlatform();
  await it.elsewhere(['login', setupLink(it), '--fingerprint', fingerprintOf(it)]);
  const file = join(it.outside, 'home/.config/mkiot/credentials.json');
  const moved = (await readFile(file, 'utf8')).replace(it.url, other.url);
  await writeFile(file, moved);
  const { exitCode, stderr } = await it.elsewhere(['whoami']);
  assert.equal(exitCode, 1);
  assert.match(stderr, /\[SERVER_NOT_TRUSTED\]/);
  assert.ok(!other.logLines.some((line) => line.includes('refused')), 'the token must not have been sent');
});

test('logout forgets the login', async () => {
  await using it = await startTestPlatform();
  await it.elsewhere(['login', setupLink(it), '--fingerprint', fingerprintOf(it)]);
  assert.equal((await it.elsewhere(['logout'])).exitCode, 0);
  assert.equal(await savedLogin(it), undefined);
  const { exitCode, stderr } = await it.elsewhere(['whoami']);
  assert.equal(exitCode, 1);
  assert.match(stderr, /\[NOT_CONNECTED\]/);
});
