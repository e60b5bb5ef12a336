import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turnstile } from './turnstile.ts';

test('so many pass at a time, the others in their order, and a failure keeps nobody waiting', async () => {
  const turnstile = new Turnstile(2);
  const works = Array.from({ length: 5 }, () => Promise.withResolvers<string>());
  const begun: number[] = [];
  const passed = works.map(({ promise }, index) =>
    turnstile.pass(() => {
      begun.push(index);
      return promise;
    }),
  );
  const settled = Promise.allSettled(passed);
  assert.deepEqual(begun, [0, 1]);
  works[1]?.reject(new Error('it fell'));
  await assert.rejects(passed[1] as Promise<string>, /it fell/);
  await new Promise(setImmediate);
  assert.deepEqual(begun, [0, 1, 2]);
  for (const { resolve } of works) resolve('done');
  await settled;
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
});
