import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  decodeEvent,
  MAX_RECORD_BYTES,
  MIN_RECORD_BYTES,
  type RecordBuffer,
  readRecord,
  recordBufferOf,
  roomForRecord,
  sealRecord,
  writeRecord,
} from './eventRecord.ts';
import type { LoggedEvent } from '../eventLog.ts';
import { encodeOrigin } from './originCodec.ts';

const pump = encodeOrigin({
  project: 'p',
  location: 'l',
  registry: 'r',
  deviceId: 'd',
  deviceNumId: 0x0102,
});
const SALT = 0x5eed5eed;

const anyEvent = fc.record({
  sequence: fc.maxSafeNat(),
  receivedAtMs: fc.maxSafeNat(),
  subfolder: fc.string({ unit: 'grapheme', maxLength: 50 }),
  payload: fc.uint8Array({ maxLength: 300 }),
});
type AnyEvent = Pick<LoggedEvent, 'sequence' | 'receivedAtMs' | 'subfolder' | 'payload'>;

function fromHex(parts: readonly string[]): Buffer {
  return Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
}

/** The record of one event, somewhere in a buffer. */
function recordOf(event: AnyEvent, before = 0): { readonly buffer: RecordBuffer; readonly end: number } {
  const room = roomForRecord(pump, event.subfolder, event.payload);
  const buffer = recordBufferOf(Buffer.alloc(before + room));
  const end = writeRecord(buffer, before, pump, event.subfolder, event.payload, event.receivedAtMs);
  assert.equal(sealRecord(buffer, before, event.sequence, SALT), end);
  assert.ok(end <= before + room);
  return { buffer, end };
}

test('every event comes back as it was', () => {
  fc.assert(
    fc.property(anyEvent, fc.nat(100), (event, before) => {
      const { buffer, end } = recordOf(event, before);
      const { sequence } = event;
      assert.deepEqual(readRecord(buffer, before, end, sequence, sequence, SALT), { kind: 'record', sequence, end });
      const { encoded: _, ...origin } = pump;
      assert.deepEqual(decodeEvent(buffer, before, end), { ...origin, ...event });
    }),
  );
});

test('a record has its parts where the layout says', () => {
  const { buffer, end } = recordOf({
    sequence: 5,
    receivedAtMs: 2 ** 40 + 1,
    subfolder: 'ab',
    payload: Uint8Array.of(9),
  });
  const body = fromHex([
    '0500000000000000', // sequence
    '0100000000010000', // receivedAtMs
    '1000', // length of the origin
    '0201000000000000 0170 016c 0172 0164', // origin
    '0200', // length of the subfolder
    '6162', // subfolder
    '09', // payload
  ]);
  const expected = Buffer.concat([Buffer.alloc(8), body]);
  expected.writeUInt32LE(body.length, 0);
  expected.writeUInt32LE(crc32(body, SALT), 4);
  assert.deepEqual(buffer.bytes.subarray(0, end), expected);
});

test('a record with any bit flipped is none', () => {
  fc.assert(
    fc.property(anyEvent, fc.nat(), (event, luck) => {
      const { buffer, end } = recordOf(event);
      const bit = luck % (end * 8);
      buffer.bytes[bit >> 3] = (buffer.bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      const reading = readRecord(buffer, 0, end, 0, Number.MAX_SAFE_INTEGER, SALT);
      assert.notEqual(reading.kind, 'record');
    }),
  );
});

test('a record that is cut short says how many bytes it needs', () => {
  const { buffer, end } = recordOf({ sequence: 1, receivedAtMs: 1, subfolder: 'a', payload: Uint8Array.of(1, 2, 3) });
  for (let limit = 0; limit < end; limit++) {
    const reading = readRecord(buffer, 0, limit, 1, 1, SALT);
    assert.deepEqual(reading, { kind: 'incomplete', bytesNeeded: limit < 24 ? 24 : end }, `limit ${limit}`);
  }
});

test('a record of another segment, or of another place in this one, is none', () => {
  const { buffer, end } = recordOf({ sequence: 7, receivedAtMs: 1, subfolder: '', payload: Uint8Array.of(1) });
  assert.equal(readRecord(buffer, 0, end, 7, 7, SALT).kind, 'record');
  assert.equal(readRecord(buffer, 0, end, 7, 7, SALT + 1).kind, 'none');
  assert.equal(readRecord(buffer, 0, end, 8, 9, SALT).kind, 'none');
  assert.equal(readRecord(buffer, 0, end, 5, 6, SALT).kind, 'none');
});

test('zeros, and lengths that no record has, are none', () => {
  assert.equal(readRecord(recordBufferOf(Buffer.alloc(100)), 0, 100, 0, 0, 0).kind, 'none');
  for (const length of [MIN_RECORD_BYTES - 1, MAX_RECORD_BYTES + 1]) {
    const buffer = recordBufferOf(Buffer.alloc(MAX_RECORD_BYTES + 2));
    buffer.view.setUint32(0, length - 8, true);
    sealRecord(buffer, 0, 1, SALT);
    assert.equal(readRecord(buffer, 0, buffer.bytes.length, 1, 1, SALT).kind, 'none', `length ${length}`);
  }
});

test('a record whose parts do not fit together holds no event', () => {
  const { buffer, end } = recordOf({ sequence: 1, receivedAtMs: 1, subfolder: 'ab', payload: Uint8Array.of(1) });
  const changed = (change: (view: DataView) => void): unknown => {
    const copy = recordBufferOf(Buffer.from(buffer.bytes));
    change(copy.view);
    return decodeEvent(copy, 0, end);
  };
  assert.notEqual(
    changed(() => {}),
    undefined,
  );
  assert.equal(
    changed((view) => view.setUint16(24, 15, true)),
    undefined,
    'a shorter origin',
  );
  assert.equal(
    changed((view) => view.setUint16(24, 0xffff, true)),
    undefined,
    'a longer origin',
  );
  assert.equal(
    changed((view) => view.setUint16(42, 0xffff, true)),
    undefined,
    'a longer subfolder',
  );
  assert.equal(
    changed((view) => view.setUint8(44, 0xff)),
    undefined,
    'a subfolder that is no UTF-8',
  );
  assert.equal(
    changed((view) => view.setUint8(23, 1)),
    undefined,
    'a time that is no safe integer',
  );
});

test('there is no room for what no record can hold', () => {
  assert.ok(roomForRecord(pump, 'a'.repeat(30_000), new Uint8Array()) === Infinity);
  assert.ok(roomForRecord({ ...pump, encoded: new Uint8Array(2_000) }, '', new Uint8Array()) === Infinity);
  assert.ok(roomForRecord(pump, '', new Uint8Array(MAX_RECORD_BYTES)) > MAX_RECORD_BYTES);
});
