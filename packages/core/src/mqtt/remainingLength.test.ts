import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MAX_REMAINING_LENGTH,
  readRemainingLength,
  remainingLengthBytes,
  scanRemainingLength,
  writeRemainingLength,
} from './remainingLength.ts';

// Table 2.4 of MQTT 3.1.1: the least and the greatest value of each number of bytes.
const TABLE = [
  [0, '00'],
  [127, '7f'],
  [128, '8001'],
  [16_383, 'ff7f'],
  [16_384, '808001'],
  [2_097_151, 'ffff7f'],
  [2_097_152, '80808001'],
  [MAX_REMAINING_LENGTH, 'ffffff7f'],
] as const;

for (const [length, hex] of TABLE) {
  test(`${length} is ${hex}`, () => {
    const bytes = new Uint8Array(6);
    const end = writeRemainingLength(bytes, 1, length);
    assert.equal(Buffer.from(bytes.subarray(1, end)).toString('hex'), hex);
    assert.equal(remainingLengthBytes(length), end - 1);
    assert.equal(scanRemainingLength(bytes, 1, end), end - 1);
    assert.equal(readRemainingLength(bytes, 1, end - 1), length);
    for (let cut = 1; cut < end; cut++) assert.equal(scanRemainingLength(bytes, 1, cut), 0);
  });
}

test('a length of five bytes is too long, known at the fourth', () => {
  assert.equal(scanRemainingLength(Uint8Array.of(0xff, 0xff, 0xff, 0xff), 0, 4), 5);
});

test('a length with leading zeros is legal in MQTT 3.1.1', () => {
  const bytes = Uint8Array.of(0x82, 0x80, 0x00);
  assert.equal(scanRemainingLength(bytes, 0, 3), 3);
  assert.equal(readRemainingLength(bytes, 0, 3), 2);
});
