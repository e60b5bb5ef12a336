import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { dayOf, endOfDayMs, formatSegmentName, isDay, parseSegmentName } from './segmentName.ts';

test('a name says first sequence and salt, and sorts by sequence', () => {
  const header = { firstSequence: 4711, salt: 0x00c0ffee };
  assert.equal(formatSegmentName(header), '0000000000004711-00c0ffee.events');
  const anySequence = fc.maxSafeNat().map((value) => Math.max(1, value));
  fc.assert(
    fc.property(anySequence, anySequence, fc.nat(0xffff_ffff), (a, b, salt) => {
      const [nameA, nameB] = [a, b].map((firstSequence) => formatSegmentName({ firstSequence, salt }));
      assert.deepEqual(parseSegmentName(nameA as string), { firstSequence: a, salt });
      assert.equal(Math.sign((nameA as string).localeCompare(nameB as string)), Math.sign(a - b));
    }),
  );
});

test('other files are no segments', () => {
  for (const name of [
    '',
    '.events',
    'lost+found',
    '0000000000000000-00c0ffee.events',
    '9999999999999999-00c0ffee.events',
    '000000000004711-00c0ffee.events',
    '0000000000004711-00C0FFEE.events',
    '0000000000004711-00c0ffee.events~',
    'x0000000000004711-00c0ffee.events',
  ]) {
    assert.equal(parseSegmentName(name), undefined, name);
  }
});

test('a day is the UTC day, and ends where the next one begins', () => {
  const lastMs = Date.UTC(2026, 10, 22, 23, 59, 59, 999);
  assert.equal(dayOf(lastMs), '2026-11-22');
  assert.equal(dayOf(lastMs + 1), '2026-11-23');
  assert.equal(endOfDayMs('2026-11-22'), lastMs + 1);
  assert.deepEqual(['2026-11-22', '2026-13-01', '26-11-22', '2026-11-22x'].map(isDay), [true, false, false, false]);
});
