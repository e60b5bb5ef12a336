import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { startTestPlatform } from '../../platform/platform.testing.ts';

test('changes are listed newest first with who made them, and the trail is whole', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'pump-1');
  await it.mkiot('device', 'block', 'pump-1');
  const { stdout } = await it.mkiot('audit-trail', 'list', '--max', '2');
  const [title, newest, before, ...rest] = stdout.trimEnd().split('\n');
  assert.match(title ?? '', /^ENTRY +TIME +WHO +WHAT +OF$/);
  assert.match(newest ?? '', /local:.* updateDevice +devices\/pump-1$/);
  assert.match(before ?? '', /createDevice/);
  assert.deepEqual(rest, []);
  const verified = await it.mkiot('audit-trail', 'verify');
  assert.equal(verified.exitCode, 0);
  assert.match(verified.stdout, /^All \d+ entries are whole\.$/m);
});

test('a head that was kept shows that the end was cut off', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'pump-1');
  const head = (await it.mkiot('audit-trail', 'head')).stdout.trim();
  assert.equal((await it.mkiot('audit-trail', 'verify', '--head', head)).exitCode, 0);

  const database = new DatabaseSync(it.platform.paths.database);
  database.exec('DELETE FROM audit_entry WHERE sequence = (SELECT max(sequence) FROM audit_entry)');
  database.close();
  assert.equal((await it.mkiot('audit-trail', 'verify')).exitCode, 0);
  const { exitCode, stderr } = await it.mkiot('audit-trail', 'verify', '--head', head);
  assert.equal(exitCode, 1);
  assert.match(stderr, /the end was cut off at entry \d+.*\[AUDIT_TRAIL_TAMPERED\]/);
});

test('a changed entry is found and is exit code 1', async () => {
  await using it = await startTestPlatform();
  await it.mkiot('device', 'create', 'pump-1');
  const database = new DatabaseSync(it.platform.paths.database);
  database.exec("UPDATE audit_entry SET principal = 'local:nobody' WHERE sequence = 2");
  database.close();
  const { exitCode, stderr } = await it.mkiot('audit-trail', 'verify');
  assert.equal(exitCode, 1);
  assert.match(stderr, /changed or put in at entry 2; the 1 entries before.*\[AUDIT_TRAIL_TAMPERED\]/);
});

test('what is no head is refused', async () => {
  await using it = await startTestPlatform();
  const { exitCode, stderr } = await it.mkiot('audit-trail', 'verify', '--head', 'nonsense');
  assert.equal(exitCode, 1);
  assert.match(stderr, /\[AUDIT_HEAD_MALFORMED\]/);
});
