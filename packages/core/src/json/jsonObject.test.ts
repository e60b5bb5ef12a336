import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJsonObject } from './jsonObject.ts';

test('an object is one, and no other value, nor what is no JSON', () => {
  assert.deepEqual(parseJsonObject(' {"a": [1]} '), { a: [1] });
  for (const text of ['[]', 'null', '1', '"{}"', '', '{', '{"a":1}x'])
    assert.equal(parseJsonObject(text), undefined, text);
});
