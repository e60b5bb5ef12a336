import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { Arrivals } from './arrivals.ts';

/** What begins, turn by turn of the event loop, and the sockets in the order in which they came. */
function arrive(count: number) {
  const begun: Socket[] = [];
  const arrivals = new Arrivals((socket) => void begun.push(socket));
  const sockets = Array.from({ length: count }, () => new Socket());
  for (const socket of sockets) arrivals.add(socket);
  return { arrivals, begun, sockets };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('who comes alone begins at once, and of many a few begin each turn, in their order', async () => {
  const one = arrive(1);
  await turn();
  assert.equal(one.begun.length, 1);
  const { begun, sockets } = arrive(100);
  const turns = [];
  while (begun.length < sockets.length) {
    const before = begun.length;
    await turn();
    turns.push(begun.length - before);
  }
  assert.deepEqual(begun, sockets);
  assert.ok(Math.max(...turns) <= 16, turns.join(' '));
  assert.ok(turns.length >= 100 / 16, turns.join(' '));
});

test('who comes later is not forgotten when all before have begun', async () => {
  const { arrivals, begun } = arrive(3);
  await turn();
  arrivals.add(new Socket());
  await turn();
  assert.equal(begun.length, 4);
});

test('the end cuts who still waits', async () => {
  const { arrivals, begun, sockets } = arrive(20);
  arrivals.close();
  await turn();
  await turn();
  assert.deepEqual(begun, []);
  assert.ok(sockets.every(({ destroyed }) => destroyed));
});
