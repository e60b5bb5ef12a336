import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BitErrors } from './bitErrors.ts';
import { seededRandom } from './seededRandom.ts';

function disturbed(sent: Uint8Array, rate: number, seed: number): Uint8Array {
  const errors = new BitErrors(rate, seededRandom(seed));
  return sent.map((byte) => errors.flip(byte, 8));
}

function onesIn(bytes: Uint8Array): number {
  let ones = 0;
  for (const byte of bytes) for (let bit = 0; bit < 8; bit++) ones += (byte >>> bit) & 1;
  return ones;
}

for (const rate of [0.5, 0.01, 0.001]) {
  test(`of many bits about ${rate} flip, wherever they stand`, () => {
    const sent = new Uint8Array(100_000);
    const arrived = disturbed(sent, rate, 1);
    const expected = sent.length * 8 * rate;
    assert.ok(Math.abs(onesIn(arrived) - expected) < 5 * Math.sqrt(expected), `${onesIn(arrived)} of ${expected}`);
    const perBit = Array.from({ length: 8 }, (_, bit) => arrived.filter((byte) => (byte >>> bit) & 1).length);
    assert.ok(perBit.every((count) => count > (expected / 8) * 0.6));
  });
}

test('the same seed flips the same bits, another seed others, and without a rate nothing flips', () => {
  const sent = new Uint8Array(1_000);
  assert.deepEqual(disturbed(sent, 0.01, 1), disturbed(sent, 0.01, 1));
  assert.notDeepEqual(disturbed(sent, 0.01, 1), disturbed(sent, 0.01, 5));
  assert.deepEqual(disturbed(sent, 0, 1), sent);
});
