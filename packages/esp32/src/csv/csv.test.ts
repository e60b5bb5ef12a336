import { utf8Encode } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine, plainCell } from './csvLine.ts';
import { csvRows } from './csvRows.ts';

const rowsOf = (text: string) => csvRows(utf8Encode(text));

test('cells are quoted over commas and lines, and comments are left out, as Python reads them', () => {
  const rows = rowsOf('a,b\r\n#x\n\n"q""r","x,y\n#c\nz"tail,\n"","""",w"e"\nlast,\n');
  assert.deepEqual(
    rows.map(({ line, cells }) => [line, ...cells]),
    [
      [1, 'a', 'b'],
      [4, 'q"r', 'x,y\nztail', ''],
      [7, '', '"', 'w"e"'],
      [8, 'last', ''],
    ],
  );
});

test('any cells are read back from a CSV that quotes them', () => {
  const cell = fc.string({ maxLength: 8 }).filter((text) => !text.includes('\r'));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 5 })), (rows) => {
      // A line inside a cell that begins with # is left out, so none does here.
      const safe = rows.map((cells) => cells.map((text) => text.replaceAll('#', '')));
      const csv = safe.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join('\n');
      assert.deepEqual(
        rowsOf(csv).map(({ cells }) => cells),
        safe,
      );
    }),
  );
});

test('a CSV of 2 MB with a quotation mark that is never closed is refused at once', () => {
  assert.throws(() => rowsOf(`a,b\n"${'x\n'.repeat(2 ** 20)}`), { code: 'CSV_QUOTE', message: /line 2/ });
});

test('a file that spreadsheets save, with a byte order mark and Windows line ends, is read', () => {
  const rows = rowsOf('\ufeffdevice,mac\r\npump 1,x\r\n\r\n');
  assert.deepEqual(
    rows.map(({ line, cells }) => [line, ...cells]),
    [
      [1, 'device', 'mac'],
      [2, 'pump 1', 'x'],
    ],
  );
});

/** No line ends: a cell that is written has none. */
const cell = fc.string({
  unit: fc.constantFrom('a', '1', ',', '"', "'", '=', '+', '-', '@', '#', ' ', '\t', '＝', 'é'),
  maxLength: 12,
});

test('rows that are written are read back, cell by cell, and none is a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (rows) => {
      const read = rowsOf(rows.map(csvLine).join(''));
      assert.deepEqual(
        read.map(({ cells }) => cells.map(plainCell)),
        rows,
      );
      for (const { cells } of read) for (const text of cells) assert.doesNotMatch(text, /^\s*[=+\-@＝]/);
    }),
  );
});

test('a cell that a spreadsheet would compute is text, with an apostrophe before it', () => {
  assert.equal(csvLine(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', 'a=1']), "'=1+1,'+1,'-1,'@SUM(A1),' =1,a=1\n");
});

test('a line of the file is a row, whatever a cell holds', () => {
  assert.equal(csvLine(['one\r\ntwo', 'a\u2028b']), 'one two,a b\n');
});
