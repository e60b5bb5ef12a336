import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationSeconds, keyValue, many, wholeNumber, pointInTime } from './arguments.ts';

test('durations have a unit', () => {
  const read = durationSeconds('--expires-in');
  assert.deepEqual(['90s', '15m', '12h', '30d'].map(read), [90, 900, 43_200, 2_592_000]);
  for (const value of ['', '90', '1.5h', '-1s', '1w', '1 h', 's', '1234567890s']) {
    assert.throws(() => read(value), { code: 'ARGUMENT_WRONG', message: /^--expires-in is / });
  }
});

test('whole numbers have bounds', () => {
  const read = wholeNumber('--count', 1, 10);
  assert.deepEqual(['1', '10'].map(read), [1, 10]);
  for (const value of ['', '0', '11', '1.5', '1e1', '-1', 'ten', ' 1']) {
    assert.throws(() => read(value), { code: 'ARGUMENT_WRONG', message: /a whole number from 1 to 10/ });
  }
});

test('key=value pairs are collected, a value may hold an equals sign', () => {
  const read = keyValue('--metadata');
  assert.deepEqual(read('b=c=d', read('a=')), { a: '', b: 'c=d' });
  for (const value of ['', 'a', '=b']) assert.throws(() => read(value), { code: 'ARGUMENT_WRONG' });
});

test('values of an option that is given many times are collected in their order', () => {
  assert.deepEqual(many('b', many('a')), ['a', 'b']);
});

test('a moment is a day, meant to its end, or a time with its zone, and one that is in the calendar', () => {
  const read = pointInTime('--until');
  assert.equal(read('2026-12-31'), '2026-12-31T23:59:59.000Z');
  assert.equal(read('2026-12-31T18:00Z'), '2026-12-31T18:00:00.000Z');
  assert.equal(read('2026-12-31T18:00:00.5+01:00'), '2026-12-31T17:00:00.500Z');
  for (const text of [
    '',
    'soon',
    '30d',
    '2026-02-31',
    '2026-13-01',
    '2026-12-31T18:00:00',
    '2026-12-31T25:00Z',
    ' 2026-12-31',
  ]) {
    assert.throws(() => read(text), { code: 'ARGUMENT_WRONG' }, text);
  }
});
