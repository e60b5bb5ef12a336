import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedMeasurement } from './sharedMeasurement.ts';

test('the sensors of a round share one measurement, and the next round has another', async () => {
  let count = 0;
  const shared = new SharedMeasurement(() => Promise.resolve({ a: ++count, b: -count }));
  assert.deepEqual([await shared.read('a'), await shared.read('b')], [1, -1]);
  assert.deepEqual([await shared.read('a'), await shared.read('b')], [2, -2]);
  assert.deepEqual([await shared.read('b'), await shared.read('b')], [-3, -4]);
});

test('a failure is shared too, and measured again in the next round', async () => {
  let count = 0;
  const shared = new SharedMeasurement(() => {
    count += 1;
    return count === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve({ a: 7 });
  });
  await assert.rejects(shared.read('a'), /no answer/);
  await assert.rejects(shared.read('b'), /no answer/);
  assert.equal(await shared.read('a'), 7);
  assert.ok(Number.isNaN(await shared.read('b')));
  assert.equal(count, 2);
});
