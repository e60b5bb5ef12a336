import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMetadata } from './metadata.ts';

function pairs(count: number, value = ''): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, value]));
}

test('metadata up to each limit is taken', () => {
  checkMetadata({});
  checkMetadata(pairs(500));
  checkMetadata({ ['k'.repeat(127)]: 'v'.repeat(32_768) });
  checkMetadata(pairs(8, 'v'.repeat(32_762)));
});

for (const [what, metadata, code] of [
  ['501 pairs', pairs(501), 'METADATA_TOO_LARGE'],
  ['a value of 32,769 bytes', { site: 'v'.repeat(32_769) }, 'METADATA_TOO_LARGE'],
  ['a value whose characters fit and whose bytes do not', { site: 'ä'.repeat(16_385) }, 'METADATA_TOO_LARGE'],
  ['more than 256 KiB in all', pairs(9, 'v'.repeat(32_000)), 'METADATA_TOO_LARGE'],
  ['a key of 128 characters', { ['k'.repeat(128)]: '' }, 'METADATA_KEY_UNFIT'],
  ['a key that begins with a digit', { '1st': '' }, 'METADATA_KEY_UNFIT'],
  ['a key of one letter', { k: '' }, 'METADATA_KEY_UNFIT'],
  ['a key with a space', { 'my site': '' }, 'METADATA_KEY_UNFIT'],
] as const) {
  test(`metadata with ${what} is refused`, () => assert.throws(() => checkMetadata(metadata), { code }));
}
