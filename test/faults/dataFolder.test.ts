import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { isUp, mkiotUp } from '../support/mkiotUp.ts';
import { PlatformUser, takeOwnership } from '../support/platformUser.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

test('a second platform on the same data folder is refused, and the first goes on', async () => {
  await using folder = await temporaryFolder();
  await using first = mkiotUp(folder.path);
  const { address } = await isUp(first, folder.path);
  await using second = mkiotUp(folder.path);
  assert.deepEqual(await second.exit, { code: 1, signal: null });
  assert.match(second.output, /DATA_FOLDER_IN_USE/);
  assert.match(second.output, new RegExp(`process ${first.pid}`));
  const answer = await fetch(`http://127.0.0.1:${address.loopbackPort}/v1/whoami`);
  assert.equal(answer.status, 401);
});

test('a data folder is free again as soon as its platform was killed', async () => {
  await using folder = await temporaryFolder();
  await using first = mkiotUp(folder.path);
  await isUp(first, folder.path);
  first.kill('SIGKILL');
  await first.exit;
  await using second = mkiotUp(folder.path);
  await isUp(second, folder.path);
});

test('a start under another project or region says whose devices it refuses, and only such a start', async () => {
  await using folder = await temporaryFolder();
  const start = (location: string) => mkiotUp(folder.path, ['--project-location', location]);
  await using first = start('local');
  const { address, setupCode } = await isUp(first, folder.path);
  await new PlatformUser(address, await takeOwnership(address, setupCode ?? '')).createDevice('pump-1');
  first.kill('SIGTERM');
  await first.exit;
  assert.doesNotMatch(first.output, /are refused/);
  await using second = start('us-central1');
  await second.line(/"location":"local","msg":"devices of this project and location are refused/);
  await isUp(second, folder.path);
});

test('a database of a newer version is refused with a sentence, and left as it was', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'mkiot.db');
  await using first = mkiotUp(folder.path);
  await isUp(first, folder.path);
  first.kill('SIGTERM');
  assert.deepEqual(await first.exit, { code: 0, signal: null });

  using database = new DatabaseSync(file);
  const name = '9999-from-a-newer-version';
  database.prepare('INSERT INTO kysely_migration (name, timestamp) VALUES (?, ?)').run(name, new Date().toISOString());
  await using second = mkiotUp(folder.path);
  assert.deepEqual(await second.exit, { code: 1, signal: null });
  assert.match(second.output, /written by a newer MkIoT.*9999-from-a-newer-version.*Nothing was changed/);
  assert.match(second.output, /DATABASE_NEWER/);
});
