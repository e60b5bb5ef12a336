import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutboxJournal } from './outboxJournal.ts';
import type { OutboxStorage } from './outboxStorage.ts';

/** Storage whose writes end when the test says so. */
class SteeredStorage implements OutboxStorage {
  readonly calls: string[] = [];
  #running: PromiseWithResolvers<void>[] = [];

  read(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array());
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#call(`append ${[...bytes].join(',')}`);
  }

  replace(bytes: Uint8Array): Promise<void> {
    return this.#call(`replace ${[...bytes].join(',')}`);
  }

  /** Ends the write that is running. */
  async end(error?: Error): Promise<void> {
    await settle();
    const running = this.#running.shift();
    if (error === undefined) running?.resolve();
    else running?.reject(error);
    await settle();
  }

  #call(call: string): Promise<void> {
    this.calls.push(call);
    const running = Promise.withResolvers<void>();
    this.#running.push(running);
    return running.promise;
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function open(storage: OutboxStorage, failures: unknown[] = [], storedBytes = 0): OutboxJournal {
  return new OutboxJournal(
    {
      storage,
      storedBytes,
      snapshot: () => Uint8Array.of(99),
      heldBytes: () => 1,
      onFailure: (cause) => failures.push(cause),
    },
    false,
  );
}

test('what arrives while a write is running goes into the next write together, and resolves with it', async () => {
  const storage = new SteeredStorage();
  const journal = open(storage);
  const done: number[] = [];
  const write = (byte: number): void => void journal.write(Uint8Array.of(byte)).then(() => done.push(byte));
  write(1);
  await settle();
  write(2);
  write(3);
  await settle();
  assert.deepEqual(storage.calls, ['append 1']);
  await storage.end();
  assert.deepEqual(storage.calls, ['append 1', 'append 2,3']);
  assert.deepEqual(done, [1]);
  await storage.end();
  assert.deepEqual(done, [1, 2, 3]);
});

test('a storage that failed is told of once, never appended to, and healed by the next write', async () => {
  const storage = new SteeredStorage();
  const failures: unknown[] = [];
  const journal = open(storage, failures);
  const [first, second, third] = [1, 2, 3].map((byte) => Uint8Array.of(byte)) as [Uint8Array, Uint8Array, Uint8Array];
  const noSpace = new Error('no space');
  const results = [journal.write(first)];
  await storage.end(noSpace);
  results.push(journal.write(second));
  await storage.end(noSpace);
  results.push(journal.write(third));
  await storage.end();
  results.push(journal.write(Uint8Array.of(4)));
  await storage.end();
  await Promise.all(results);
  assert.deepEqual(storage.calls, ['append 1', 'replace 99', 'replace 99', 'append 4']);
  assert.deepEqual(failures, [noSpace]);
});

test('a journal that is much longer than what it holds is written anew', async () => {
  const storage = new SteeredStorage();
  const journal = open(storage, [], 65_537);
  const written = [journal.write(Uint8Array.of(1))];
  await storage.end();
  written.push(journal.write(Uint8Array.of(2)));
  await storage.end();
  await Promise.all(written);
  assert.deepEqual(storage.calls, ['append 1', 'replace 99']);
});
