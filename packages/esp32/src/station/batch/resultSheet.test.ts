import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { errorTable } from '@mkiot/core/errors/mkiotError';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf, parseSheet, type SheetEntry, SHEET_HEADING, sheetLine } from './resultSheet.ts';

/** As objects are written: with a prototype. */
function plain<Fields>(model: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }): fc.Arbitrary<Fields> {
  return fc.record(model, { noNullPrototype: true });
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', ',', '"', '=', '-', "'", '\n'), maxLength: 10 });
const fields = {
  timeMs: fc.integer({ min: 0, max: 2e12 }),
  device: fc.constantFrom('pump-1'),
  mac: fc.constantFrom('24:0a:c4:00:00:01'),
  port: fc.constantFrom('COM3', '=1'),
};

const entry: fc.Arbitrary<SheetEntry> = fc.oneof(
  plain({ ...fields, outcome: fc.constantFrom('begun' as const, 'given up' as const) }),
  plain({
    ...fields,
    outcome: fc.constantFrom('failed' as const, 'refused' as const),
    failure: plain({ reason: fc.constantFrom('LOADER_SILENT'), canPass: fc.boolean(), detail: text }),
  }),
  plain({
    ...fields,
    outcome: fc.constant('done' as const),
    result: plain({
      chip: fc.constant('esp32s3'),
      profile: fc.constantFrom('', 'production'),
      registered: fc.constantFrom('', 'queued'),
      keyCount: fc.integer({ min: 0, max: 3 }),
      grade: fc.constant('A'),
      efuseDigest: fc.constant('00'.repeat(32)),
      durationMs: fc.integer({ min: 0, max: 9_000 }).map((tenths) => tenths * 100),
    }),
  }),
);

test('what is written into a sheet is read back, but for the line ends of details', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
      const csv = utf8Encode(SHEET_HEADING + entries.map(sheetLine).join(''));
      const flat = entries.map((one) => ({
        ...one,
        failure: one.failure && { ...one.failure, detail: one.failure.detail.replaceAll(/\n+/g, ' ') },
        result: one.result,
      }));
      assert.deepEqual(parseSheet(csv, 'sheet'), flat);
    }),
  );
});

test('a file that is no sheet is refused with its name, and stays as it is', () => {
  for (const csv of ['device,mac\npump-1,x\n', '', `${SHEET_HEADING}now,maybe,pump-1\n`]) {
    assert.throws(() => parseSheet(utf8Encode(csv), 'a.csv'), { code: 'BATCH_SHEET_FOREIGN', message: /a\.csv/ });
  }
});

test('a server that is away and a cable can pass, a refusal cannot, and no foreign error is written down', () => {
  const error = errorTable({
    AWAY: { status: 'UNAVAILABLE', blame: 'peer', message: 'away' },
    NO: { status: 'FAILED_PRECONDITION', blame: 'caller', message: 'no' },
    LOADER_GARBLED: { status: 'DATA_LOSS', blame: 'peer', message: 'noise' },
  });
  assert.deepEqual(
    (['AWAY', 'NO', 'LOADER_GARBLED'] as const).map((code) => failureOf(error(code)).canPass),
    [true, false, true],
  );
  const { reason, detail, canPass } = failureOf(new RangeError('key 00112233'));
  assert.deepEqual([reason, detail.includes('0011'), canPass], ['UNEXPECTED', false, false]);
});
