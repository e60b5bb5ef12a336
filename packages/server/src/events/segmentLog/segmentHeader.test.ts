import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { decodeSegmentHeader, encodeSegmentHeader, HEADER_BYTES } from './segmentHeader.ts';

const anyHeader = fc.record({ firstSequence: fc.maxSafeNat(), salt: fc.nat(0xffff_ffff) }, { noNullPrototype: true });

test('every header comes back as it was', () => {
  fc.assert(
    fc.property(anyHeader, (header) => {
      assert.deepEqual(decodeSegmentHeader(encodeSegmentHeader(header)), { kind: 'header', header });
    }),
  );
});

test('a header with any bit flipped, or cut anywhere, is damaged', () => {
  const header = encodeSegmentHeader({ firstSequence: 4711, salt: 0xdead_beef });
  for (let bit = 0; bit < HEADER_BYTES * 8; bit++) {
    const flipped = Uint8Array.from(header);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.equal(decodeSegmentHeader(flipped).kind, 'damaged', `bit ${bit}`);
  }
  for (let length = 0; length < HEADER_BYTES; length++) {
    assert.equal(decodeSegmentHeader(header.subarray(0, length)).kind, 'damaged', `length ${length}`);
  }
});

test('a whole header of a later version is told apart from a damaged one', () => {
  const header = encodeSegmentHeader({ firstSequence: 1, salt: 1 });
  const view = new DataView(header.buffer);
  view.setUint32(8, 2, true);
  view.setUint32(24, crc32(header.subarray(0, 24)), true);
  assert.deepEqual(decodeSegmentHeader(header), { kind: 'newer', version: 2 });
});
