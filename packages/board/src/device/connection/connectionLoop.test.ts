import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { boardError } from '../boardErrors.ts';
import { BACK_OFF } from './backOff.ts';
import { type Retry, runConnectionLoop, type SessionEnd } from './connectionLoop.ts';

const error = boardError('SERVER_CLOSED');

/** Runs sessions that end at once as `ends` says, and returns the waits; the longest possible wait is taken. */
async function waitsFor(ends: readonly SessionEnd[]): Promise<Retry[]> {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const retries: Retry[] = [];
  let sessions = 0;
  const loop = runConnectionLoop(
    {
      clock,
      random: (bytes) => bytes.fill(255),
      backOff: BACK_OFF,
      heldMs: 60_000,
      runSession: () => {
        const end = ends[sessions++];
        if (end === undefined) stop.abort();
        return Promise.resolve(end ?? { heldMs: 0, error });
      },
      onRetry: (retry) => retries.push({ ...retry, delayMs: Math.round(retry.delayMs) }),
    },
    stop.signal,
  );
  while (!stop.signal.aborted) await clock.advanceAsync(64_000);
  await loop;
  return retries;
}

test('each failure doubles the wait and counts the tries', async () => {
  const retries = await waitsFor(Array.from({ length: 8 }, () => ({ heldMs: 0, error })));
  assert.deepEqual(
    retries.map(({ attempt, delayMs }) => [attempt, delayMs]),
    [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000].map((delayMs, index) => [index + 1, delayMs]),
  );
});

test('a session that held lets the back-off start small again, one that was cut at once does not', async () => {
  const [short, held] = [
    { heldMs: 59_999, error },
    { heldMs: 60_000, error },
  ];
  const retries = await waitsFor([short, short, short, held, short]);
  assert.deepEqual(
    retries.map(({ delayMs }) => delayMs),
    [1_000, 2_000, 4_000, 1_000, 2_000],
  );
});

test('a server that asks for patience is left alone for the longest wait, whatever was before', async () => {
  const takenOver = { heldMs: 600_000, error: boardError('SERVER_DISCONNECTED', { reasonCode: 0x8e }) };
  const shutDown = { heldMs: 600_000, error: boardError('SERVER_DISCONNECTED', { reasonCode: 0x8b }) };
  const retries = await waitsFor([takenOver, shutDown, takenOver]);
  assert.deepEqual(
    retries.map(({ delayMs }) => delayMs),
    [64_000, 1_000, 64_000],
  );
});

test('a server that says when it wants the device back is obeyed, and only for that once', async () => {
  const advised = { heldMs: 0, error: boardError('SERVER_DISCONNECTED', { reasonCode: 0x97, retryAfterSeconds: 20 }) };
  const retries = await waitsFor([advised, { heldMs: 0, error }]);
  assert.deepEqual(
    retries.map(({ delayMs }) => delayMs),
    [21_000, 2_000],
  );
});

test('a session that the device ended itself is followed by the next one without a wait', async () => {
  const planned = { heldMs: 3_000_000, error: undefined };
  assert.deepEqual(await waitsFor([planned, planned]), []);
});

test('the end of the device ends a wait', async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const waiting = Promise.withResolvers<void>();
  const loop = runConnectionLoop(
    {
      clock,
      random: (bytes) => bytes.fill(255),
      backOff: BACK_OFF,
      heldMs: 60_000,
      runSession: () => Promise.resolve({ heldMs: 0, error }),
      onRetry: () => waiting.resolve(),
    },
    stop.signal,
  );
  await waiting.promise;
  stop.abort();
  await loop;
  assert.equal(clock.monotonic(), 0);
});
