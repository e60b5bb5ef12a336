import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkReedSolomon, reedSolomonCheck } from './reedSolomon.ts';
import { decodeRepeat, encodeRepeat } from './repeatCoding.ts';
import { decodeThreeQuarters, encodeThreeQuarters } from './threeQuartersCoding.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const flip = fc.tuple(fc.nat(31), fc.nat(7));

function flipped(coded: Uint8Array, [at, bit]: readonly [number, number]): Uint8Array {
  return coded.with(at, (coded[at] ?? 0) ^ (1 << bit));
}

test('3/4 coding adds parity and weight of every six bytes', () => {
  const coded = encodeThreeQuarters(Uint8Array.of(1, 2, 4, 8, 16, 0xff));
  // 1 ^ 2 ^ 4 ^ 8 ^ 16 ^ 255; one bit each at weight 1 to 5, and eight at weight 6.
  assert.deepEqual([...coded], [1, 2, 4, 8, 16, 0xff, 0xe0, 63]);
});

test('3/4 and repeat coding are undone, and a flipped bit is told with its offset', () => {
  fc.assert(
    fc.property(bytes(24), flip, (data, where) => {
      const coded = encodeThreeQuarters(data);
      assert.deepEqual(decodeThreeQuarters(coded), data);
      const chunk = `0x${(where[0] & ~7).toString(16)}`;
      assert.throws(() => decodeThreeQuarters(flipped(coded, where)), {
        code: 'EFUSE_CODING_BROKEN',
        context: { coding: '3/4', offset: chunk },
      });
    }),
  );
  fc.assert(
    fc.property(bytes(16), flip, (data, where) => {
      const coded = encodeRepeat(data);
      assert.deepEqual(decodeRepeat(coded), data);
      assert.throws(() => decodeRepeat(flipped(coded, where)), { code: 'EFUSE_CODING_BROKEN' });
    }),
  );
});

test('Reed-Solomon check bytes make every root of the code a root', () => {
  fc.assert(
    fc.property(bytes(32), flip, (block, where) => {
      const burned = Uint8Array.of(...block, ...reedSolomonCheck(block));
      assert.deepEqual(checkReedSolomon(burned), block);
      assert.throws(() => checkReedSolomon(flipped(burned, where)), { code: 'EFUSE_CODING_BROKEN' });
      for (let root = 0; root < 12; root++) assert.equal(evaluated(burned, root), 0);
    }),
  );
});

test('the check bytes of a block with one bit are the generator polynomial of the code', () => {
  const block = new Uint8Array(32);
  block[31] = 1;
  assert.deepEqual([...reedSolomonCheck(block)], generator());
});

/** The product of (x - αⁱ) with logarithm tables, so by another way than the code under test. */
function generator(): readonly number[] {
  const exp: number[] = [1];
  for (let index = 1; index < 255; index++) exp.push((exp[index - 1]! << 1) ^ (exp[index - 1]! & 0x80 ? 0x11d : 0));
  const multiply = (a: number, b: number) => (a && b ? exp[(exp.indexOf(a) + exp.indexOf(b)) % 255]! : 0);
  let product = [1];
  for (let root = 0; root < 12; root++) {
    product = [...product, 0].map((value, index) => value ^ multiply(product[index - 1] ?? 0, exp[root]!));
  }
  return product.slice(1);
}

function evaluated(polynomial: Uint8Array, root: number): number {
  let point = 1;
  for (let index = 0; index < root; index++) point = (point << 1) ^ (point & 0x80 ? 0x11d : 0);
  let value = 0;
  for (const coefficient of polynomial) value = times(value, point) ^ coefficient;
  return value;
}

function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ (product & 0x80 ? 0x11d : 0);
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}
