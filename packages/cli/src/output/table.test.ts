import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tableLines } from './table.ts';

interface Pump {
  readonly id: string;
  readonly note: string;
}

const columns = { id: (pump: Pump) => pump.id, note: (pump: Pump) => pump.note };

test('a table has a title line and aligned columns', () => {
  const rows = [
    { id: 'pump-1', note: 'old' },
    { id: 'p2', note: 'new' },
  ];
  assert.deepEqual(tableLines(rows, columns, 80), ['ID      NOTE', 'pump-1  old', 'p2      new']);
});

test('the widest column but the first gives way, and a cut cell says so', () => {
  const rows = [{ id: 'a-name-that-is-rather-long', note: 'x'.repeat(30) }];
  assert.deepEqual(tableLines(rows, columns, 40)[1], `a-name-that-is-rather-long  ${'x'.repeat(11)}…`);
});

test('lines fit the width whenever the first column leaves room', () => {
  const cell = fc.string({ maxLength: 60 });
  fc.assert(
    fc.property(fc.array(fc.record({ id: fc.string({ maxLength: 60 }), note: cell })), (rows) => {
      for (const line of tableLines(rows, columns, 320)) assert.ok(line.length <= 320);
      for (const line of tableLines(rows, { ...columns, second: (pump) => pump.note }, 400))
        assert.ok(line.length <= 400);
    }),
  );
});

test('what a device wrote cannot act on the terminal', () => {
  const [, line] = tableLines([{ id: 'pump', note: '\u001b[2Jcleared\n\u202egnp' }], columns, 80);
  assert.equal(line, 'pump  \\x1b[2Jcleared\\x0a\\u202egnp');
});
