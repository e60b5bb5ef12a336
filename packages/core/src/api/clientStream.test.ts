import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concatBytes, utf8Encode } from '../bytes/bytes.ts';
import { readJsonLines } from './clientStream.ts';

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

/** Cuts `bytes` at the given offsets, wherever they fall. */
function cutAt(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const sorted = [0, ...offsets.map((offset) => offset % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

test('the same values come out however the stream is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.array(fc.nat()), async (values, offsets) => {
      const text = values.map((value) => `${JSON.stringify(value)}\n`).join('\n');
      const read = await collect(readJsonLines(streamOf(cutAt(utf8Encode(text), offsets))));
      assert.deepEqual(read, JSON.parse(JSON.stringify(values)));
    }),
  );
});

test('a stream cut at any byte yields whole values only and says that it was cut', async () => {
  const whole = utf8Encode('{"pump":"é1"}\n{"pump":2}\n');
  for (let length = 0; length <= whole.length; length++) {
    const read: unknown[] = [];
    const reading = (async () => {
      for await (const value of readJsonLines(streamOf([whole.subarray(0, length)]))) read.push(value);
    })();
    const lineIsWhole = length === 0 || whole[length - 1] === 0x0a;
    if (lineIsWhole) await reading;
    else await assert.rejects(reading, { code: 'SERVER_STREAM_BROKEN' });
    assert.deepEqual(
      read,
      [{ pump: 'é1' }, { pump: 2 }].slice(0, whole.subarray(0, length).filter((b) => b === 10).length),
    );
  }
});

for (const [what, bytes, reason] of [
  ['text that is not JSON', utf8Encode('{}\n<html>\n'), /line 2: it is not JSON/],
  ['bytes that are not UTF-8', concatBytes(utf8Encode('{}\n"'), Uint8Array.of(0xff)), /line 1: it is not UTF-8/],
  ['a line without end', utf8Encode(`"${'x'.repeat(1_100_000)}`), /line 1: it is too long/],
] as const) {
  test(`the stream reader refuses ${what} and names the line`, async () => {
    await assert.rejects(collect(readJsonLines(streamOf([bytes]))), {
      code: 'SERVER_STREAM_BROKEN',
      message: reason,
    });
  });
}

test('a stream that breaks says so', async () => {
  const broken = new Error('socket hang up');
  const stream = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(broken) });
  await assert.rejects(collect(readJsonLines(stream)), {
    code: 'SERVER_STREAM_BROKEN',
    message: /the connection broke/,
    cause: broken,
  });
});

test('leaving the loop cancels the stream', async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(utf8Encode('{"n":1}\n')),
    cancel: () => void (cancelled = true),
  });
  for await (const value of readJsonLines(stream)) {
    assert.deepEqual(value, { n: 1 });
    break;
  }
  assert.equal(cancelled, true);
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
