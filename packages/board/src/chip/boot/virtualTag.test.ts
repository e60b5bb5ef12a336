import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import { readBootloaderOptions } from './bootloaderOptions.ts';
import { buildVirtualTag, parseVirtualTag } from './virtualTag.ts';

test('a tag is read as it was written, wherever it begins', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), fc.nat(64), (value, at) => {
      const segment = concatBytes(new Uint8Array(at), buildVirtualTag('app', value), new Uint8Array(5));
      assert.deepEqual(parseVirtualTag('app', segment, at), { ...value });
      assert.equal(buildVirtualTag('app', value).length % 4, 0);
    }),
  );
});

test('where no tag begins there is none', () => {
  assert.equal(parseVirtualTag('app', new Uint8Array(100), 10), undefined);
  assert.equal(parseVirtualTag('app', new Uint8Array(), 0), undefined);
});

test('a tag that is cut or changed is refused, and never read as another', () => {
  const tag = buildVirtualTag('app', { firmware: 'reference' });
  fc.assert(
    fc.property(fc.integer({ min: 16, max: tag.length - 5 }), (length) => {
      assert.throws(() => parseVirtualTag('app', tag.subarray(0, length), 0), { code: 'TAG_INVALID' });
    }),
  );
  const noJson = tag.slice();
  noJson[20] = 0x78;
  assert.throws(() => parseVirtualTag('app', noJson, 0), { code: 'TAG_INVALID' });
  assert.throws(() => parseVirtualTag('bootloader', tag, 0), { code: 'TAG_INVALID' });
});

test('a tag that is too long is refused where it is written', () => {
  assert.throws(() => buildVirtualTag('app', { text: 'x'.repeat(3000) }), { code: 'TAG_TOO_LONG' });
});

test('options of a bootloader that cannot be are refused by name', () => {
  for (const [name, value] of [
    ['flashEncryption', 'sometimes'],
    ['partitionTableOffset', 0x8001],
    ['leftOpen', ['EVERYTHING']],
    ['rollback', 1],
    ['verificationKey', 'xyz'],
    ['constructor', 1],
  ] as const) {
    assert.throws(
      () => readBootloaderOptions({ [name]: value }),
      (error: Error) => error.message.includes(`"${name}"`),
    );
  }
  assert.equal(readBootloaderOptions({ rollback: false }).rollback, false);
  assert.equal(readBootloaderOptions(undefined).flashEncryption, 'none');
});
