import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SerialPort } from '../../serial/serialPort.ts';
import { stationError } from '../stationErrors.ts';
import type { UnitResult } from '../unitResult.ts';
import type { Board, Place } from './boardFeed.ts';
import { BurnConsent } from './burnConsent.ts';
import type { SheetEntry } from './resultSheet.ts';
import { RowAssignment } from './rowAssignment.ts';
import { type BatchEvent, runBatch } from './runBatch.ts';

const [A, B] = ['24:0a:c4:00:00:01', '24:0a:c4:00:00:02'] as const;

/** Of a unit whose loader is closed, by the book. */
function resultOf(mac: string): UnitResult {
  const audits = { before: { grade: 'A' }, after: { grade: 'A' } } as unknown as UnitResult['audits'];
  const done = { profile: 'production', device: undefined, burned: [], writtenBytes: 0, steps: [], durationMs: 1_000 };
  return { ...done, mac, chip: 'esp32s3', efuseDigest: '00', audits };
}

/** Puts a board in whose loader is closed, and of which the book says that it is done. */
async function closedBoard(mac: string): Promise<{ kept: readonly SheetEntry[]; events: readonly BatchEvent[] }> {
  const kept: SheetEntry[] = [];
  const events: BatchEvent[] = [];
  const serial = { [Symbol.asyncDispose]: async () => undefined } as unknown as SerialPort & AsyncDisposable;
  const boards: Board[] = [{ serial, mac: undefined, refusal: stationError('UNIT_CLOSED') }];
  const place: Place = { name: 'COM3', open: async () => serial };
  const rows = ['pump-1', 'pump-2'].map((device) => ({
    device,
    mac: undefined,
    keyCount: undefined,
    nvs: [],
    secureCert: [],
  }));
  const begun: SheetEntry = { timeMs: 0, outcome: 'begun', device: 'pump-1', mac: A, port: 'COM3' };
  await runBatch([place], new RowAssignment(rows, [begun], false), {
    clock: new VirtualClock(),
    feed: { next: async () => boards.shift() },
    consent: new BurnConsent({ ask: async () => undefined }),
    provision: async () => resultOf(mac),
    keep: async (entry) => void kept.push(entry),
    tell: (event) => void events.push(event),
    stop: new AbortController().signal,
  });
  return { kept, events };
}

test('a board that closed its loader before its last line was written is done with the row that it has', async () => {
  const { kept } = await closedBoard(A);
  assert.deepEqual(
    kept.map(({ outcome, device, mac }) => [outcome, device, mac]),
    [['done', 'pump-1', A]],
  );
});

test('a closed board that was done in another job, whose book this one shares, takes no row', async () => {
  const { kept, events } = await closedBoard(B);
  assert.deepEqual(kept, []);
  const codes = events.map((event) => event.type === 'refused' && (event.error as { code?: string }).code);
  assert.deepEqual(codes, ['UNIT_CLOSED']);
});
