import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { Outbox, OUTBOX_LIMITS } from '../device/outbox/outbox.ts';
import { OutboxFile } from './outboxFile.ts';
import { TestFolder } from './tlsBench.testing.ts';

/** Opens the outbox in `file`, runs `work` on it and closes it; returns what it told. */
async function withOutbox(file: string, work: (outbox: Outbox) => Promise<void>): Promise<string[]> {
  const told: string[] = [];
  const storage = new OutboxFile(file);
  const outbox = await Outbox.open(storage, OUTBOX_LIMITS, {
    dropped: (count) => told.push(`dropped ${count}`),
    damaged: (lostBytes) => told.push(`lost ${lostBytes}`),
    storageFailed: (cause) => told.push(cause instanceof Error ? cause.message : ''),
  });
  await work(outbox);
  await outbox.close();
  await storage.close();
  return told;
}

async function add(outbox: Outbox, count = 1): Promise<void> {
  for (let index = 0; index < count; index++) {
    await outbox.add('sensors', (sequence) => utf8Encode(`message ${sequence}`));
  }
}

async function contents(outbox: Outbox): Promise<string[]> {
  const { signal } = new AbortController();
  const texts: string[] = [];
  outbox.rewind();
  while (texts.length < outbox.fill.messages) texts.push(utf8Decode((await outbox.take(signal))!.message.payload));
  return texts;
}

test('messages are on disk when they have been added, in a file that is the owner’s alone', async () => {
  await using folder = await TestFolder.make();
  const file = join(folder.path, 'outbox');
  await withOutbox(file, async (outbox) => {
    await add(outbox, 3);
    assert.match(await readFile(file, 'latin1'), /message 1.*message 2.*message 3/s);
    assert.equal((await stat(file)).mode & 0o077, 0);
    outbox.acknowledge(1);
  });
  await withOutbox(file, async (outbox) => {
    assert.deepEqual(await contents(outbox), ['message 2', 'message 3']);
  });
});

test('cut at every byte of what was appended, the file gives back what was whole and goes on', async () => {
  await using folder = await TestFolder.make();
  const file = join(folder.path, 'outbox');
  const ends: number[] = [];
  await withOutbox(file, async (outbox) => {
    for (let index = 0; index < 3; index++) {
      await add(outbox);
      ends.push((await stat(file)).size);
    }
  });
  const whole = await readFile(file);
  for (let length = ends[0]!; length <= whole.length; length++) {
    await writeFile(file, whole);
    await truncate(file, length);
    const survivors = ends.filter((end) => end <= length).length;
    const told = await withOutbox(file, (outbox) => add(outbox));
    assert.deepEqual(told, length === ends[survivors - 1] ? [] : [`lost ${length - ends[survivors - 1]!}`]);
    await withOutbox(file, async (outbox) => {
      const expected = Array.from({ length: survivors + 1 }, (_, index) => `message ${index + 1}`);
      assert.deepEqual(await contents(outbox), expected);
    });
  }
});

test('a replacement that a power cut has stopped half-way is ignored', async () => {
  await using folder = await TestFolder.make();
  const file = join(folder.path, 'outbox');
  await withOutbox(file, (outbox) => add(outbox));
  await writeFile(`${file}.new`, 'half of');
  await withOutbox(file, async (outbox) => assert.deepEqual(await contents(outbox), ['message 1']));
});

test('while the disk is gone the outbox works in memory and says so, and everything is stored when it is back', async () => {
  await using folder = await TestFolder.make();
  const disk = join(folder.path, 'disk');
  const file = join(disk, 'outbox');
  await mkdir(disk);
  await withOutbox(file, async (outbox) => {
    // An empty journal is written whole at its first write, so this fails at once.
    await rm(disk, { recursive: true });
    await add(outbox, 2);
    assert.deepEqual(await contents(outbox), ['message 1', 'message 2']);
    await mkdir(disk);
    await add(outbox);
  });
  const told = await withOutbox(file, async (outbox) => {
    assert.deepEqual(await contents(outbox), ['message 1', 'message 2', 'message 3']);
    await rm(disk, { recursive: true });
    await writeFile(disk, '');
    outbox.acknowledge(1);
    outbox.acknowledge(2);
    for (let index = 0; index < 9; index++) await outbox.add('sensors', () => new Uint8Array(20_000));
  });
  assert.match(told.join(), /^The board cannot use .*outbox.*: ENOTDIR/);
});
