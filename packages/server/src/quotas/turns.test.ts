import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

const MINUTE_MS = 60_000;

test('who meets a quota is told to come back one after the other, at the pace of the quota', () => {
  const turns = new Turns(120, MINUTE_MS);
  assert.deepEqual(
    Array.from({ length: 6 }, () => turns.next(5_000)),
    [1, 1, 2, 2, 3, 3],
  );
});

test('turns that are over are forgotten', () => {
  const turns = new Turns(60, MINUTE_MS);
  for (let waiting = 0; waiting < 30; waiting++) turns.next(0);
  assert.equal(turns.next(20_000), 11);
  assert.equal(turns.next(100_000), 1);
});

test('nobody is told to stay away for longer than ten minutes', () => {
  const turns = new Turns(1, MINUTE_MS);
  const told = Array.from({ length: 100 }, () => turns.next(0));
  assert.equal(Math.max(...told), 600);
});

test('a clock with fractions of milliseconds adds no second', () => {
  for (let nowMs = 0; nowMs < 10_000; nowMs += 0.337) assert.equal(new Turns(1, 60_000).next(nowMs), 60);
});
