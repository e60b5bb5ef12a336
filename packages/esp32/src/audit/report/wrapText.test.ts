import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrapText } from './wrapText.ts';

test('lines are broken at spaces, and those after the first are indented as far as its mark', () => {
  assert.deepEqual(wrapText('  1. ', 'one two three four', 14), ['  1. one two', '     three', '     four']);
  assert.deepEqual(wrapText('', 'a-word-that-is-too-long b', 5), ['a-word-that-is-too-long', 'b']);
  assert.deepEqual(wrapText('- ', '', 10), ['- ']);
});

test('no word is lost, and only a word that is too long makes a line too long', () => {
  const words = fc.array(fc.stringMatching(/^\S{1,12}$/), { maxLength: 40 });
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 60 }), (words, columns) => {
      const lines = wrapText('', words.join(' '), columns);
      assert.deepEqual(lines.join(' ').split(' ').filter(Boolean), words);
      for (const line of lines) assert.ok(line.length <= columns || !line.includes(' '));
    }),
  );
});
