import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelUrl } from './labelUrl.ts';

test('a label opens pages of the web, and nothing else', () => {
  const url = 'https://support.example/{device}?mac={mac}';
  assert.equal(labelUrl(url), url);
  for (const value of ['javascript:{mac}', 'support.example/{device}', 'https://']) {
    assert.throws(() => labelUrl(value), { code: 'ARGUMENT_WRONG' }, value);
  }
});
