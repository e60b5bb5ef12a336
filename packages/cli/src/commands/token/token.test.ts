import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, startTestPlatform } from '../../platform/platform.testing.ts';

interface Issued {
  readonly id: string;
  readonly token: string;
  readonly registry?: string;
  readonly expireTime?: string;
}

test('a token is shown once, lets its holder in with its role, is listed, and is worthless once revoked', async () => {
  await using it = await startTestPlatform();
  const made = await it.mkiot('token', 'create', '--name', 'wallboard', '--role', 'viewer');
  const token = made.stdout.trim().split('\n').at(-1) ?? '';
  assert.match(token, /^mkiot_/);
  const remote = {
    environment: { MKIOT_SERVER: `http://127.0.0.1:${it.platform.ports.loopback}`, MKIOT_TOKEN: token },
  };

  assert.equal((await it.elsewhere(['device', 'list'], remote)).exitCode, 0);
  const forbidden = await it.elsewhere(['device', 'create', 'pump-1'], remote);
  assert.equal(forbidden.exitCode, 1);
  assert.match(forbidden.stderr, /\[PERMISSION_MISSING\]/);

  const listed = await it.mkiot('token', 'list');
  const id = /^(\w+) +wallboard +viewer +all/m.exec(listed.stdout)?.[1] ?? '';
  assert.ok(!listed.stdout.includes(token));
  assert.equal((await it.mkiot('token', 'revoke', id)).stdout, `Token ${id} is revoked.\n`);
  const refused = await it.elsewhere(['device', 'list'], remote);
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /\[TOKEN_REFUSED\]/);
  assert.ok(!refused.stderr.includes(token));
});

test('a token has an end and a registry when it is told', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('registry', 'create', 'greenhouse');
  const words = ['--name', 'n', '--role', 'editor', '--expires-in', '1h', '--registry', 'greenhouse', '--json'];
  const issued = json(await it.mkiot('token', 'create', ...words)) as Issued;
  assert.match(issued.registry ?? '', /\/registries\/greenhouse$/);
  const hours = (Date.parse(issued.expireTime ?? '') - Date.now()) / 3_600_000;
  assert.ok(hours > 0.9 && hours <= 1, String(hours));
});

test('an unknown role is wrong usage, an unknown token is not found', async () => {
  await using it = await startTestPlatform();
  const role = await it.mkiot('token', 'create', '--name', 'n', '--role', 'god');
  assert.equal(role.exitCode, 2);
  assert.match(role.stderr, /Allowed choices are viewer/);
  const unknown = await it.mkiot('token', 'revoke', 'nobody');
  assert.equal(unknown.exitCode, 1);
  assert.match(unknown.stderr, /\[TOKEN_NOT_FOUND\]/);
});
