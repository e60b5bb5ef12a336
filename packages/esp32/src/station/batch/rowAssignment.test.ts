import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchRow } from './batchRow.ts';
import type { Outcome, SheetEntry } from './resultSheet.ts';
import { RowAssignment } from './rowAssignment.ts';

const [A, B, C] = ['24:0a:c4:00:00:01', '24:0a:c4:00:00:02', '24:0a:c4:00:00:03'] as const;

const row = (device: string, mac?: string): BatchRow => ({
  device,
  mac,
  keyCount: undefined,
  nvs: [],
  secureCert: [],
});

function entry(outcome: Outcome, mac: string, device: string, canPass?: boolean): SheetEntry {
  const failure = canPass === undefined ? undefined : { reason: 'LOADER_SILENT', canPass, detail: '' };
  return { timeMs: 0, outcome, mac, device, port: 'A', failure };
}

test('a board gets the row that names it, and others the first free one that names none', () => {
  const rows = new RowAssignment([row('pump-1'), row('pump-2', B), row('pump-3')], [], false);
  assert.equal(rows.claim(B).device, 'pump-2');
  assert.equal(rows.claim(A).device, 'pump-1');
  assert.equal(rows.claim(C).device, 'pump-3');
  assert.throws(() => rows.claim('24:0a:c4:00:00:04'), { code: 'BATCH_NO_ROW' });
});

test('a row that names a board is given to no other', () => {
  assert.throws(() => new RowAssignment([row('pump-1', B)], [], false).claim(A), { code: 'BATCH_NO_ROW' });
});

test('a board that is worked on is claimed by no second port', () => {
  const rows = new RowAssignment([row('pump-1'), row('pump-2')], [], false);
  rows.claim(A);
  assert.throws(() => rows.claim(A), { code: 'BATCH_UNIT_BUSY' });
});

test('a board of which a run was cut takes its own row again, and one that is done takes none', () => {
  const history = [entry('begun', B, 'pump-2'), entry('begun', A, 'pump-1'), entry('done', A, 'pump-1')];
  const rows = new RowAssignment([row('pump-1'), row('pump-2')], history, false);
  assert.ok(rows.hasCut && rows.wasBegun(B) && !rows.wasBegun(C));
  assert.throws(() => rows.claim(A), { code: 'BATCH_UNIT_DONE', message: /pump-1/ });
  assert.throws(() => rows.claim(C), { code: 'BATCH_NO_ROW' });
  assert.equal(rows.claim(B).device, 'pump-2');
});

test('a failure that can pass is tried again by itself, another one only when told', () => {
  const history = [entry('failed', A, 'pump-1', true), entry('failed', B, 'pump-2', false)];
  const job = [row('pump-1'), row('pump-2')];
  const rows = new RowAssignment(job, history, false);
  assert.equal(rows.claim(A).device, 'pump-1');
  assert.throws(() => rows.claim(B), { code: 'BATCH_UNIT_FAILED', message: /--retry-failed/ });
  assert.equal(new RowAssignment(job, history, true).claim(B).device, 'pump-2');
});

test('what was refused or given up frees its row for another board', () => {
  for (const outcome of ['refused', 'given up'] as const) {
    const rows = new RowAssignment([row('pump-1')], [entry('begun', A, 'pump-1'), entry(outcome, A, 'pump-1')], false);
    assert.equal(rows.claim(B).device, 'pump-1');
  }
});

test('only a board that has a row and is not done can be given up', () => {
  const history = [entry('failed', A, 'pump-1', false), entry('done', B, 'pump-2')];
  const rows = new RowAssignment([row('pump-1'), row('pump-2')], history, false);
  assert.equal(rows.givenUp(A), 'pump-1');
  assert.throws(() => rows.givenUp(B), { code: 'BATCH_GIVE_UP_DONE' });
  assert.throws(() => rows.givenUp(C), { code: 'BATCH_NOT_HELD' });
});

test('a job that gives a row to another board than the sheet is refused', () => {
  const rows = new RowAssignment([row('pump-1', B)], [entry('begun', A, 'pump-1')], false);
  assert.throws(() => rows.checkJob(), { code: 'BATCH_ROW_EXCHANGED' });
});

test('a batch is over when each row is done or failed for good, and nothing is worked on', () => {
  const history = [entry('done', A, 'pump-1'), entry('failed', B, 'pump-2', false)];
  const job = [row('pump-1'), row('pump-2')];
  assert.deepEqual(
    [new RowAssignment(job, history, false).isOver, new RowAssignment(job, history, true).isOver],
    [true, false],
  );
  const rows = new RowAssignment([row('pump-1')], [], false);
  assert.ok(!rows.isOver);
  rows.claim(A);
  assert.ok(!rows.isOver);
  rows.note(entry('done', A, 'pump-1'), false);
  assert.deepEqual([rows.isOver, rows.open], [true, 0]);
});

test('whatever boards come in whatever order, no row is given to two and no board gets two', () => {
  const board = fc.integer({ min: 1, max: 6 }).map((number) => `24:0a:c4:00:00:0${number}`);
  const outcome = fc.constantFrom<Outcome>('done', 'failed', 'refused');
  fc.assert(
    fc.property(fc.array(fc.tuple(board, outcome, fc.boolean()), { maxLength: 30 }), (visits) => {
      const job = [row('pump-1'), row('pump-2', B), row('pump-3')];
      let rows = new RowAssignment(job, [], false);
      const sheet: SheetEntry[] = [];
      const held = new Map<string, string>();
      for (const [mac, ending, isCut] of visits) {
        let device: string;
        try {
          ({ device } = rows.claim(mac));
        } catch {
          continue;
        }
        for (const [otherMac, otherDevice] of held) assert.equal(otherMac === mac, otherDevice === device);
        held.set(mac, device);
        sheet.push(entry('begun', mac, device));
        if (isCut) rows = new RowAssignment(job, sheet, false);
        else {
          const ended = entry(ending, mac, device, ending === 'failed' ? false : undefined);
          sheet.push(ended);
          rows.note(ended, false);
          if (ending === 'refused') held.delete(mac);
        }
      }
    }),
  );
});
