import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { AwaitedAnswers } from './awaitedAnswers.ts';

function open(overdue: number[] = []): { answers: AwaitedAnswers<string>; clock: VirtualClock } {
  const clock = new VirtualClock();
  return { answers: new AwaitedAnswers(clock, 60_000, (packetId) => overdue.push(packetId)), clock };
}

test('packet identifiers count from 1 to 65,535 and again, and leave out those in flight', () => {
  const { answers } = open();
  for (let id = 1; id <= 65_535; id++) assert.equal(answers.add(`packet ${id}`), id);
  for (let id = 1; id <= 65_535; id++) if (id !== 2) answers.remove(id);
  assert.deepEqual([answers.add('a'), answers.add('b'), answers.get(2)], [1, 3, 'packet 2']);
});

test('the oldest is overdue after its time, however many younger ones are answered', () => {
  const overdue: number[] = [];
  const { answers, clock } = open(overdue);
  answers.add('old');
  clock.advance(30_000);
  answers.remove(answers.add('young'));
  clock.advance(29_999);
  assert.deepEqual(overdue, []);
  clock.advance(1);
  assert.deepEqual(overdue, [1]);
});

test('the time of a younger one is counted from its own sending', () => {
  const overdue: number[] = [];
  const { answers, clock } = open(overdue);
  answers.add('old');
  clock.advance(50_000);
  answers.add('young');
  answers.remove(1);
  clock.advance(59_999);
  assert.deepEqual(overdue, []);
  clock.advance(1);
  assert.deepEqual(overdue, [2]);
});

test('what is cleared comes out oldest first and is not overdue any more', () => {
  const overdue: number[] = [];
  const { answers, clock } = open(overdue);
  answers.add('a');
  answers.add('b');
  assert.deepEqual(answers.clear(), ['a', 'b']);
  clock.advance(1_000_000);
  assert.deepEqual([answers.count, overdue], [0, []]);
});
