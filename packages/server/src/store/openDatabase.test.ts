import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import assert from 'node:assert/strict';
import { mkdtempDisposable, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openDatabase } from './openDatabase.ts';

const PAGE_BYTES = 4_096;

/** A sound database of some hundred pages in `folder`. */
function soundDatabase(folder: string): string {
  const file = join(folder, 'mkiot.db');
  using sqlite = new DatabaseSync(file);
  sqlite.exec('PRAGMA journal_mode = WAL; CREATE TABLE pump (id INTEGER PRIMARY KEY, name TEXT)');
  const insert = sqlite.prepare('INSERT INTO pump (name) VALUES (?)');
  for (let pump = 0; pump < 500; pump++) insert.run(`pump ${pump} `.padEnd(1_000, '.'));
  return file;
}

test('a sound database is opened, and so is a new one', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-store-'));
  await (await openDatabase(soundDatabase(folder.path))).close();
  await (await openDatabase(join(folder.path, 'new.db'))).close();
});

test('a damaged page is found with its offset, and the file is left as it is', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-store-'));
  const file = soundDatabase(folder.path);
  const offset = 7 * PAGE_BYTES;
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(100, 0xa5), 0, 100, offset);
  await handle.close();
  const before = await readFile(file);
  await assert.rejects(openDatabase(file), (error: MkiotError) => {
    assert.equal(error.code, 'DATABASE_DAMAGED');
    assert.deepEqual([error.context['file'], error.context['offset']], [file, offset], error.message);
    return true;
  });
  assert.deepEqual(await readFile(file), before);
});

test('a database that was cut off is damaged', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-store-'));
  const file = soundDatabase(folder.path);
  await truncate(file, 20 * PAGE_BYTES);
  await assert.rejects(openDatabase(file), { code: 'DATABASE_DAMAGED', message: /mkiot\.db is damaged.*Restore/ });
});

test('a file that is no database is called damaged', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-store-'));
  const file = join(folder.path, 'mkiot.db');
  await writeFile(file, Buffer.alloc(10 * PAGE_BYTES, 'x'));
  await assert.rejects(openDatabase(file), { code: 'DATABASE_DAMAGED', message: /file is not a database/ });
});

test('a database that cannot be opened says why', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'mkiot-store-'));
  const missing = join(folder.path, 'no-such-folder', 'mkiot.db');
  await assert.rejects(openDatabase(missing), { code: 'DATABASE_UNUSABLE', message: /ENOENT/ });
});
