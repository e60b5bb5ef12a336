import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { FileSystem } from './fileSystem.ts';
import { MemoryFileSystem } from './memoryFileSystem.testing.ts';
import { nodeFileSystem } from './nodeFileSystem.ts';

interface Place {
  readonly fileSystem: FileSystem;
  readonly directory: string;
}

const places: Readonly<Record<string, (t: TestContext) => Promise<Place>>> = {
  'in memory': async () => {
    const fileSystem = new MemoryFileSystem();
    await fileSystem.makeDirectory('/data');
    return { fileSystem, directory: '/data' };
  },
  'on the machine': async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'mkiot-files-'));
    t.after(() => rm(directory, { recursive: true }));
    return { fileSystem: nodeFileSystem, directory };
  },
};

for (const [where, make] of Object.entries(places)) {
  test(`a file ${where} is written anywhere, read back, measured and cut`, async (t) => {
    const { fileSystem, directory } = await make(t);
    const file = await fileSystem.open(join(directory, 'a'), 'create');
    await file.write(Uint8Array.of(1, 2, 3), 0);
    await file.write(Uint8Array.of(9, 9), 5);
    await file.sync();
    assert.equal(await file.size(), 7);
    const target = new Uint8Array(10);
    assert.equal(await file.read(target, 1), 6);
    assert.deepEqual([...target], [2, 3, 0, 0, 9, 9, 0, 0, 0, 0]);
    assert.equal(await file.read(target, 7), 0);
    await file.truncate(2);
    assert.equal(await file.size(), 2);
    await file.close();

    const reader = await fileSystem.open(join(directory, 'a'), 'read');
    assert.equal(await reader.read(new Uint8Array(10), 0), 2);
    await reader.close();
  });

  test(`a file ${where} is created only where none is, and opened only where one is`, async (t) => {
    const { fileSystem, directory } = await make(t);
    await assert.rejects(fileSystem.open(join(directory, 'a'), 'read'), { code: 'ENOENT' });
    await assert.rejects(fileSystem.open(join(directory, 'a'), 'write'), { code: 'ENOENT' });
    await (await fileSystem.open(join(directory, 'a'), 'create')).close();
    await assert.rejects(fileSystem.open(join(directory, 'a'), 'create'), { code: 'EEXIST' });
  });

  test(`directories ${where} are made, listed and removed when empty`, async (t) => {
    const { fileSystem, directory } = await make(t);
    const day = join(directory, '2026-11-22');
    assert.equal(await fileSystem.makeDirectory(day), true);
    assert.equal(await fileSystem.makeDirectory(day), false);
    await (await fileSystem.open(join(day, 'a'), 'create')).close();
    assert.deepEqual(await fileSystem.list(day), ['a']);
    await assert.rejects(fileSystem.removeDirectory(day), { code: 'ENOTEMPTY' });
    await fileSystem.removeFile(join(day, 'a'));
    await fileSystem.syncDirectory(day);
    await fileSystem.removeDirectory(day);
    await fileSystem.syncDirectory(directory);
    assert.deepEqual(await fileSystem.list(directory), []);
    await assert.rejects(fileSystem.list(day), { code: 'ENOENT' });
  });
}

test('nobody else may read what is made on the machine', { skip: process.platform === 'win32' }, async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'mkiot-files-'));
  t.after(() => rm(directory, { recursive: true }));
  await nodeFileSystem.makeDirectory(join(directory, 'events'));
  await (await nodeFileSystem.open(join(directory, 'events', 'a'), 'create')).close();
  assert.equal((await stat(join(directory, 'events'))).mode & 0o777, 0o700);
  assert.equal((await stat(join(directory, 'events', 'a'))).mode & 0o777, 0o600);
});
