import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadingPlaces } from './readingPlaces.ts';

test('only so many read at once, the others in the order they came', async () => {
  const places = new ReadingPlaces(2);
  const started: number[] = [];
  const doors = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const work = doors.map((door, reader) =>
    places.during(async () => {
      started.push(reader);
      await door.promise;
      return reader;
    }),
  );
  assert.deepEqual(started, [0, 1]);
  doors[1]?.resolve();
  assert.equal(await work[1], 1);
  assert.deepEqual(started, [0, 1, 2]);
  doors[2]?.resolve();
  await work[2];
  assert.deepEqual(started, [0, 1, 2, 3]);
  doors[0]?.resolve();
  doors[3]?.resolve();
  assert.deepEqual(await Promise.all(work), [0, 1, 2, 3]);
});

test('a reader that fails gives its place away', async () => {
  const places = new ReadingPlaces(1);
  await assert.rejects(places.during(() => Promise.reject(new Error('no'))));
  assert.equal(await places.during(async () => 'read'), 'read');
});
