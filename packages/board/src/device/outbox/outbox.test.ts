import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import { MemoryOutboxStorage } from './memoryOutboxStorage.ts';
import type { OutboxLimits } from './keptMessages.ts';
import { Outbox, OUTBOX_LIMITS } from './outbox.ts';
import { encodeOutboxRecord } from './outboxRecords.ts';
import type { OutboxStorage } from './outboxStorage.ts';

interface Opened {
  readonly outbox: Outbox;
  readonly told: string[];
}

async function open(storage: OutboxStorage, limits: OutboxLimits = OUTBOX_LIMITS): Promise<Opened> {
  const told: string[] = [];
  const outbox = await Outbox.open(storage, limits, {
    dropped: (count) => told.push(`dropped ${count}`),
    damaged: (lostBytes) => told.push(`lost ${lostBytes} bytes`),
    storageFailed: (cause) => told.push(`failed: ${String(cause)}`),
  });
  return { outbox, told };
}

function add(outbox: Outbox, bytes = 10): Promise<unknown> {
  return outbox.add('sensors', () => new Uint8Array(bytes));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** Sequences of everything that can be taken now. */
async function takeAll(outbox: Outbox): Promise<number[]> {
  const stop = new AbortController();
  const taken: number[] = [];
  const taking = (async () => {
    for (let next = await outbox.take(stop.signal); next !== undefined; next = await outbox.take(stop.signal)) {
      taken.push(next.message.sequence);
    }
  })();
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await taking;
  return taken;
}

test('messages come out in order, and again from the first without acknowledgement after a rewind', async () => {
  const { outbox } = await open(new MemoryOutboxStorage());
  for (let index = 0; index < 4; index++) await add(outbox);
  assert.deepEqual(await takeAll(outbox), [1, 2, 3, 4]);
  outbox.acknowledge(1);
  outbox.acknowledge(3);
  outbox.rewind();
  await add(outbox);
  assert.deepEqual(await takeAll(outbox), [2, 4, 5]);
});

test('only what was taken before, or may have been before a restart, is taken again as resent', async () => {
  const storage = new MemoryOutboxStorage();
  const { outbox } = await open(storage);
  const { signal } = new AbortController();
  await add(outbox);
  await add(outbox);
  assert.equal((await outbox.take(signal))?.resent, false);
  outbox.rewind();
  assert.equal((await outbox.take(signal))?.resent, true);
  assert.equal((await outbox.take(signal))?.resent, false);
  const restarted = (await open(storage)).outbox;
  await add(restarted);
  const resent = [await restarted.take(signal), await restarted.take(signal), await restarted.take(signal)];
  assert.deepEqual(
    resent.map((taken) => taken?.resent),
    [true, true, false],
  );
});

test('a full outbox gives up its oldest messages, by number and by size, and counts them', async () => {
  const { outbox, told } = await open(new MemoryOutboxStorage(), { maxMessages: 3, maxBytes: 100 });
  for (let index = 0; index < 5; index++) await add(outbox);
  await add(outbox, 85);
  assert.deepEqual(told, ['dropped 1', 'dropped 1', 'dropped 2']);
  assert.deepEqual(await takeAll(outbox), [5, 6]);
  assert.deepEqual(outbox.fill, { messages: 2, bytes: 95, freeMessages: 1, freeBytes: 5, dropped: 4 });
  outbox.acknowledge(4);
  assert.equal(outbox.fill.messages, 2);
});

test('a message that could never be stored is refused and takes no sequence number', async () => {
  const { outbox } = await open(new MemoryOutboxStorage(), { maxMessages: 3, maxBytes: 100 });
  await assert.rejects(add(outbox, 101), { code: 'OUTBOX_MESSAGE_TOO_LARGE', message: /101 bytes.*100 bytes/ });
  await add(outbox);
  assert.deepEqual(await takeAll(outbox), [1]);
});

test('a restart finds what was not acknowledged, and never uses a sequence number again', async () => {
  const storage = new MemoryOutboxStorage();
  const first = (await open(storage, { maxMessages: 3, maxBytes: 1_000 })).outbox;
  for (let index = 0; index < 5; index++) await add(first);
  first.acknowledge(3);
  first.acknowledge(5);
  await first.close();
  const second = (await open(storage, { maxMessages: 3, maxBytes: 1_000 })).outbox;
  assert.equal(second.fill.dropped, 2);
  // The acknowledgement of 5 was not contiguous; sending it once more is legal.
  assert.deepEqual(await takeAll(second), [4, 5]);
  second.acknowledge(4);
  second.acknowledge(5);
  await second.close();
  const third = (await open(storage)).outbox;
  await add(third);
  assert.deepEqual(await takeAll(third), [6]);
});

test('whatever happens, it holds what a plain list with the same bounds would, also over restarts', async () => {
  const limits = { maxMessages: 6, maxBytes: 100_000 };
  const action = fc.oneof(
    { weight: 5, arbitrary: fc.nat(40_000) },
    { weight: 3, arbitrary: fc.constant('acknowledge' as const) },
    { weight: 1, arbitrary: fc.constant('restart' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      const storage = new MemoryOutboxStorage();
      let { outbox } = await open(storage, limits);
      let list: { sequence: number; bytes: number }[] = [];
      let [next, dropped] = [1, 0];
      for (const action of actions) {
        if (action === 'acknowledge') {
          outbox.acknowledge(list.shift()?.sequence ?? 0);
        } else if (action === 'restart') {
          await outbox.close();
          outbox = (await open(storage, limits)).outbox;
        } else {
          await add(outbox, action);
          list.push({ sequence: next++, bytes: action });
          const before = list.length;
          while (list.length > 6 || sum(list.map(({ bytes }) => bytes)) > limits.maxBytes) list = list.slice(1);
          dropped += before - list.length;
        }
        assert.equal(outbox.fill.bytes, sum(list.map(({ bytes }) => bytes)));
        assert.equal(outbox.fill.dropped, dropped);
      }
      outbox.rewind();
      assert.deepEqual(
        await takeAll(outbox),
        list.map(({ sequence }) => sequence),
      );
    }),
  );
});

test('torn at any byte, the outbox keeps every message that was whole and goes on', async () => {
  const whole = new MemoryOutboxStorage();
  const { outbox } = await open(whole);
  const ends: number[] = [];
  for (let index = 0; index < 4; index++) {
    await outbox.add('sensors', (sequence) => utf8Encode(`message ${sequence}`));
    ends.push((await whole.read()).length);
  }
  const bytes = await whole.read();
  // The first write puts everything in place at once; only what is appended can be torn.
  const [firstEnd] = ends as [number];
  for (let length = firstEnd; length <= bytes.length; length++) {
    const storage = new MemoryOutboxStorage(bytes.slice(0, length));
    const torn = await open(storage);
    const survivors = ends.filter((end) => end <= length).length;
    const lost = length - ends[survivors - 1]!;
    assert.deepEqual(torn.told, lost === 0 ? [] : [`lost ${lost} bytes`]);
    await add(torn.outbox);
    await torn.outbox.close();
    const again = await open(storage);
    assert.deepEqual(again.told, []);
    assert.deepEqual(
      await takeAll(again.outbox),
      Array.from({ length: survivors + 1 }, (_, index) => index + 1),
    );
  }
});

test('an outbox of newer firmware is refused and left alone', async () => {
  const bytes = encodeOutboxRecord({ kind: 'checkpoint', format: 2, nextSequence: 7, dropped: 0 });
  const storage = new MemoryOutboxStorage(bytes);
  await assert.rejects(open(storage), { code: 'OUTBOX_NEWER', message: /format 2/ });
  assert.deepEqual(await storage.read(), bytes);
});

test('while the storage fails messages are kept in memory, and all are stored when it works again', async () => {
  const memory = new MemoryOutboxStorage();
  let broken = false;
  const failing: OutboxStorage = {
    read: () => memory.read(),
    append: (bytes) => (broken ? Promise.reject(new Error('ENOSPC')) : memory.append(bytes)),
    replace: (bytes) => (broken ? Promise.reject(new Error('ENOSPC')) : memory.replace(bytes)),
  };
  const { outbox, told } = await open(failing);
  await add(outbox);
  broken = true;
  await add(outbox);
  await add(outbox);
  assert.deepEqual(told, ['failed: Error: ENOSPC']);
  assert.deepEqual(await takeAll(outbox), [1, 2, 3]);
  broken = false;
  await add(outbox);
  assert.deepEqual(await takeAll((await open(memory)).outbox), [1, 2, 3, 4]);
});
