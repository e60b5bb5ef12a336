import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import { decodeOutboxRecords, encodeOutboxRecord, type OutboxRecord } from './outboxRecords.ts';

const count = fc.maxSafeNat();
const record: fc.Arbitrary<OutboxRecord> = fc.oneof(
  fc
    .tuple(count, count)
    .map(([nextSequence, dropped]) => ({ kind: 'checkpoint', format: 1, nextSequence, dropped }) as const),
  fc.tuple(count, count).map(([firstKept, dropped]) => ({ kind: 'removed', firstKept, dropped }) as const),
  fc
    .tuple(count, fc.constantFrom('', 'sensors', 'a/b.c'), fc.uint8Array({ maxLength: 40 }))
    .map(([sequence, subfolder, payload]) => ({ kind: 'message', message: { sequence, subfolder, payload } }) as const),
);
const records = fc.array(record, { maxLength: 6 });

test('records come back as they were written, whatever stands before and behind them in memory', () => {
  fc.assert(
    fc.property(records, (records) => {
      const bytes = concatBytes(...records.map(encodeOutboxRecord));
      const framed = concatBytes(Uint8Array.of(9, 9, 9), bytes, Uint8Array.of(9)).subarray(3, 3 + bytes.length);
      assert.deepEqual(decodeOutboxRecords(framed), { records, goodBytes: bytes.length });
    }),
  );
});

test('cut at any byte, what was written whole before it is there and nothing else', () => {
  fc.assert(
    fc.property(records, (records) => {
      const encoded = records.map(encodeOutboxRecord);
      const bytes = concatBytes(...encoded);
      for (let length = 0; length <= bytes.length; length++) {
        let [goodBytes, whole] = [0, 0];
        while (whole < encoded.length && goodBytes + encoded[whole]!.length <= length) {
          goodBytes += encoded[whole++]!.length;
        }
        const decoded = decodeOutboxRecords(bytes.subarray(0, length));
        assert.deepEqual(decoded, { records: records.slice(0, whole), goodBytes });
      }
    }),
    { numRuns: 30 },
  );
});

test('a flipped bit loses the record it is in and what follows, and never changes one', () => {
  fc.assert(
    fc.property(records, fc.nat(), fc.nat(7), (records, position, bit) => {
      const bytes = concatBytes(...records.map(encodeOutboxRecord));
      if (bytes.length === 0) return;
      bytes[position % bytes.length]! ^= 1 << bit;
      const decoded = decodeOutboxRecords(bytes);
      assert.ok(decoded.goodBytes <= position % bytes.length);
      assert.deepEqual(decoded.records, records.slice(0, decoded.records.length));
    }),
  );
});

test('zeroes at the end, which a power cut leaves, are no records', () => {
  const good = encodeOutboxRecord({ kind: 'removed', firstKept: 3, dropped: 1 });
  assert.equal(decodeOutboxRecords(concatBytes(good, new Uint8Array(64))).goodBytes, good.length);
});

test('any bytes are read without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      assert.ok(decodeOutboxRecords(bytes).goodBytes <= bytes.length);
    }),
  );
});
