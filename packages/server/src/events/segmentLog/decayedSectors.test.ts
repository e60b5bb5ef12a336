import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import type { FileSystem, OpenFile } from '../../runtime/fileSystem.ts';
import { MemoryFileSystem } from '../../runtime/memoryFileSystem.testing.ts';
import { appendAll, payloadsFrom } from '../appended.testing.ts';
import { readingAround } from './decayedSectors.ts';
import { LogBench } from './segmentLog.testing.ts';

const PAGE_BYTES = 4_096;

/** The file on a disk that cannot read these pages. */
function decayed(file: OpenFile, pages: ReadonlySet<number>): OpenFile {
  return {
    ...file,
    async read(target, position) {
      for (let at = position; at < position + target.length; at += 1) {
        if (pages.has(Math.floor(at / PAGE_BYTES))) throw Object.assign(new Error('EIO: read'), { code: 'EIO' });
      }
      return file.read(target, position);
    },
  };
}

test('what lies on pages that can be read is read, the others are zeros, and where there is none it is an error', async () => {
  const fileSystem = new MemoryFileSystem();
  const file = await fileSystem.open('/a', 'create');
  const whole = Uint8Array.from({ length: 5 * PAGE_BYTES + 100 }, (_, at) => (at % 251) + 1);
  await file.write(whole, 0);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(5)),
      fc.nat(whole.length - 1),
      fc.nat(3 * PAGE_BYTES),
      async (pages, position, length) => {
        const bad = new Set(pages);
        const target = new Uint8Array(Math.min(length + 1, whole.length - position));
        const expected = whole
          .slice(position, position + target.length)
          .map((byte, at) => (bad.has(Math.floor((position + at) / PAGE_BYTES)) ? 0 : byte));
        const reading = readingAround(decayed(file, bad)).read(target, position);
        if (expected.every((byte) => byte === 0)) {
          await assert.rejects(reading, { code: 'EIO' });
        } else {
          assert.equal(await reading, target.length);
          assert.deepEqual(target, expected);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('other errors stay what they are', async () => {
  const fileSystem = new MemoryFileSystem();
  const file = await fileSystem.open('/a', 'create');
  fileSystem.failing = () => ({ code: 'ENOSPC', share: 0 });
  await assert.rejects(readingAround(file).read(new Uint8Array(1), 0), { code: 'ENOSPC' });
});

test('a sector that cannot be read costs the events on its page and is told; readers go on behind it', async () => {
  const bench = new LogBench();
  bench.segmentBytes = 1_000_000;
  const { fileSystem } = bench;
  const disk: FileSystem = {
    open: async (path, access) => {
      const file = await fileSystem.open(path, access);
      return access === 'read' ? decayed(file, new Set([3])) : file;
    },
    list: (directory) => fileSystem.list(directory),
    makeDirectory: (directory) => fileSystem.makeDirectory(directory),
    removeFile: (path) => fileSystem.removeFile(path),
    removeDirectory: (directory) => fileSystem.removeDirectory(directory),
    syncDirectory: (directory) => fileSystem.syncDirectory(directory),
  };
  const log = await bench.open({ fileSystem: disk });
  const payloads = Array.from({ length: 100 }, (_, index) => `${index + 1}`.padEnd(900, '.'));
  await appendAll(log, payloads);
  const onPage = (await Promise.all(payloads.map((_, index) => log.locate(index + 1)))).map(
    (place) => place === undefined,
  );
  const kept = payloads.filter((_, index) => !onPage[index]);
  assert.ok(kept.length >= 94 && kept.length < 100, `${kept.length} kept`);
  assert.deepEqual(await payloadsFrom(log), kept);
  assert.deepEqual(bench.told, ['EVENT_LOG_DAMAGED']);
});

test('a last segment that cannot be read is not cut: the start is refused', async () => {
  const bench = new LogBench();
  const log = await bench.open();
  await appendAll(log, ['a']);
  await log.close();
  bench.fileSystem.failing = ({ operation }) => (operation === 'read' ? { code: 'EIO', share: 0 } : undefined);
  await assert.rejects(bench.open(), { code: 'EVENT_LOG_UNUSABLE', message: /EIO.*Nothing was removed/ });
  bench.fileSystem.failing = () => undefined;
  assert.deepEqual(await payloadsFrom(await bench.open()), ['a']);
});
