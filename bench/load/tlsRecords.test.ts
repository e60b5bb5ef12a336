import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RECORD_OVERHEAD_BYTES, RecordCounter, RecordSealer } from './tlsRecords.ts';

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
}

test('a record is the one of RFC 8448, section 3, that carries the bytes 0 to 49', () => {
  const secret = hex('9e40646ce79a7f9dc05af8889bce6552 875afa0b06df0087f792ebb7c17504a5');
  const content = Buffer.from(Array.from({ length: 50 }, (_, index) => index));
  const record = Buffer.alloc(content.length + RECORD_OVERHEAD_BYTES);
  assert.equal(new RecordSealer(secret, 0).seal(content, record, 0), record.length);
  const expected = `17 03 03 00 43
    a2 3f 70 54 b6 2c 94 d0 af fa fe 82 28 ba 55 cb ef ac ea 42 f9 14 aa 66 bc ab 3f 2b 98 19 a8 a5
    b4 6b 39 5b d5 4a 9a 20 44 1e 2b 62 97 4e 1f 5a 62 92 a2 97 70 14 bd 1e 3d ea e6 3a ee bb 21 69
    49 15 e4`;
  assert.deepEqual(record, hex(expected));
});

test('no two records of a connection are alike', () => {
  const sealer = new RecordSealer(Buffer.alloc(32, 1), 0);
  const records = Buffer.alloc(2 * (4 + RECORD_OVERHEAD_BYTES));
  const middle = sealer.seal(Buffer.from('same'), records, 0);
  sealer.seal(Buffer.from('same'), records, middle);
  assert.notDeepEqual(records.subarray(5, middle), records.subarray(middle + 5));
});

test('the content of records is counted whatever pieces they arrive in', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 700 }), (contents, piece) => {
      const sealer = new RecordSealer(Buffer.alloc(32, 1), 0);
      const bytes = Buffer.concat(
        contents.map((length) => {
          const record = Buffer.alloc(length + RECORD_OVERHEAD_BYTES);
          sealer.seal(Buffer.alloc(length), record, 0);
          return record;
        }),
      );
      const counter = new RecordCounter();
      let counted = 0;
      for (let start = 0; start < bytes.length; start += piece) {
        const chunk = bytes.subarray(start, start + piece);
        counted += counter.count(chunk, chunk.length) ?? Number.NaN;
      }
      assert.equal(
        counted,
        contents.reduce((sum, length) => sum + length, 0),
      );
    }),
  );
});

test('an alert is no content', () => {
  assert.equal(new RecordCounter().count(Buffer.of(21, 3, 3, 0, 2, 1, 0), 7), undefined);
});
