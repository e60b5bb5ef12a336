import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryFileSystem } from './memoryFileSystem.testing.ts';

async function bytesOf(fileSystem: MemoryFileSystem, path: string): Promise<number[]> {
  const file = await fileSystem.open(path, 'read');
  const bytes = new Uint8Array(await file.size());
  await file.read(bytes, 0);
  return [...bytes];
}

/** A disk with the synced file `/a` that holds 1, 2, 3. */
async function diskWithFile(): Promise<MemoryFileSystem> {
  const fileSystem = new MemoryFileSystem();
  const file = await fileSystem.open('/a', 'create');
  await file.write(Uint8Array.of(1, 2, 3), 0);
  await file.sync();
  await fileSystem.syncDirectory('/');
  return fileSystem;
}

test('what is synced survives a power cut, whatever the luck', async () => {
  for (const luck of [0, 1, 2, 3, 4]) {
    const fileSystem = await diskWithFile();
    const after = fileSystem.powerCut((count) => luck % count);
    assert.deepEqual(await bytesOf(after, '/a'), [1, 2, 3]);
  }
});

test('what is not synced survives a power cut only by luck: nothing, all, a piece, zeros, or all but a piece', async () => {
  const fates = [
    { luck: [0], found: [1, 2, 3] },
    { luck: [1], found: [1, 7, 8, 9, 10] },
    { luck: [2, 1, 2], found: [1, 2, 8, 9] },
    { luck: [3], found: [1, 0, 0, 0, 0] },
    { luck: [4, 1, 2], found: [1, 7, 3, 0, 10] },
  ];
  for (const { luck, found } of fates) {
    const fileSystem = await diskWithFile();
    const file = await fileSystem.open('/a', 'write');
    await file.write(Uint8Array.of(7, 8, 9, 10), 1);
    const draws = [...luck];
    assert.deepEqual(
      await bytesOf(
        fileSystem.powerCut(() => draws.shift() ?? 0),
        '/a',
      ),
      found,
    );
  }
});

test('a file whose directory was not synced may be gone', async () => {
  const fileSystem = new MemoryFileSystem();
  const file = await fileSystem.open('/b', 'create');
  await file.write(Uint8Array.of(1), 0);
  await file.sync();
  await assert.rejects(
    bytesOf(
      fileSystem.powerCut(() => 0),
      '/b',
    ),
    { code: 'ENOENT' },
  );
});

test('after the power cut the old disk answers nothing', async () => {
  const fileSystem = await diskWithFile();
  const file = await fileSystem.open('/a', 'write');
  fileSystem.powerCut(() => 0);
  await assert.rejects(file.write(Uint8Array.of(1), 0), { code: 'EIO' });
  await assert.rejects(fileSystem.list('/'), { code: 'EIO' });
});

test('what a failed sync was to save is lost even after a good one', async () => {
  const fileSystem = await diskWithFile();
  const file = await fileSystem.open('/a', 'write');
  await file.write(Uint8Array.of(8), 0);
  fileSystem.failing = ({ operation }) => (operation === 'sync' ? { code: 'EIO', share: 0 } : undefined);
  await assert.rejects(file.sync(), { code: 'EIO' });
  fileSystem.failing = () => undefined;
  await file.sync();
  assert.deepEqual(await bytesOf(fileSystem, '/a'), [8, 2, 3]);
  assert.deepEqual(
    await bytesOf(
      fileSystem.powerCut(() => 0),
      '/a',
    ),
    [1, 2, 3],
  );
});

test('a failing write leaves the share it was told to', async () => {
  const fileSystem = await diskWithFile();
  const file = await fileSystem.open('/a', 'write');
  fileSystem.failing = ({ operation }) => (operation === 'write' ? { code: 'ENOSPC', share: 0.5 } : undefined);
  await assert.rejects(file.write(Uint8Array.of(4, 5, 6, 7), 3), { code: 'ENOSPC' });
  assert.deepEqual(await bytesOf(fileSystem, '/a'), [1, 2, 3, 4, 5]);
});

test('a bit can flip', async () => {
  const fileSystem = await diskWithFile();
  await fileSystem.flipBit('/a', 1, 7);
  assert.deepEqual(await bytesOf(fileSystem, '/a'), [1, 130, 3]);
});
