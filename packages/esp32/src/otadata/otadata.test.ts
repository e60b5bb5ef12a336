import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import {
  activeEntry,
  buildOtadata,
  OTA_STATES,
  OTADATA_SECTOR,
  type OtaEntry,
  otaStateName,
  parseOtadata,
  slotOf,
} from './otadata.ts';

const label = new Uint8Array(20).fill(0xff);
const entry = (sequence: number, state: number = OTA_STATES.VALID): OtaEntry => ({ sequence, label, state });
const entries: fc.Arbitrary<OtaEntry> = fc.record(
  {
    sequence: fc.integer({ min: 0, max: 0xfffffffe }),
    label: fc.uint8Array({ minLength: 20, maxLength: 20 }),
    state: fc.integer({ min: 0, max: 0xffffffff }),
  },
  { noNullPrototype: true },
);
const copy = fc.oneof(entries, fc.constant('erased' as const));

test('an entry is laid out as ESP-IDF lays it out', () => {
  const bytes = buildOtadata([entry(1, OTA_STATES.UNDEFINED), 'erased']);
  assert.deepEqual([...bytes.subarray(0, 4)], [1, 0, 0, 0]);
  assert.deepEqual([...bytes.subarray(24, 32)], [0xff, 0xff, 0xff, 0xff, 0x9a, 0x98, 0x43, 0x47]);
  assert.ok(bytes.subarray(32).every((byte) => byte === 0xff));
});

test('what is built is read back, in every state', () => {
  fc.assert(
    fc.property(copy, copy, (first, second) => {
      assert.deepEqual(parseOtadata(buildOtadata([first, second])), [first, second]);
    }),
  );
  for (const [name, state] of Object.entries(OTA_STATES)) {
    const [read] = parseOtadata(buildOtadata([entry(3, state), 'erased']));
    assert.deepEqual(read, entry(3, state));
    assert.equal(otaStateName(state), name);
  }
  assert.equal(otaStateName(7), undefined);
});

test('the highest sequence number boots, unless its app is invalid or was given up', () => {
  for (const [first, second, sequence] of [
    [entry(1), entry(2), 2],
    [entry(5), entry(4), 5],
    [entry(3), entry(4, OTA_STATES.ABORTED), 3],
    [entry(3), entry(4, OTA_STATES.INVALID), 3],
    [entry(3), entry(4, OTA_STATES.PENDING_VERIFY), 4],
    [entry(3, OTA_STATES.INVALID), entry(4, OTA_STATES.ABORTED), undefined],
    ['erased', entry(4, OTA_STATES.NEW), 4],
    ['erased', 'damaged', undefined],
    [entry(9), 'damaged', 9],
  ] as const) {
    assert.equal(activeEntry([first, second])?.sequence, sequence);
  }
  assert.deepEqual(
    [1, 2, 3, 4].map((sequence) => slotOf(entry(sequence), 3)),
    [0, 1, 2, 0],
  );
  assert.equal(slotOf(entry(0), 2), 1);
});

test('a flipped bit of a sequence number or its CRC damages that copy alone', () => {
  fc.assert(
    fc.property(entries, entries, fc.nat(63), (first, second, bit) => {
      const bytes = buildOtadata([first, second]);
      const at = OTADATA_SECTOR + (bit < 32 ? bit >> 3 : 28 + ((bit - 32) >> 3));
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
      assert.deepEqual(parseOtadata(bytes), [first, 'damaged']);
    }),
  );
});

test('what is no OTA data is refused, and erased OTA data boot the factory app', () => {
  for (const bytes of [0, 32, 0x1000, 0x1fff, 0x2001, 2 ** 24]) {
    assert.throws(() => parseOtadata(new Uint8Array(bytes)), { code: 'OTADATA_LENGTH' });
  }
  assert.throws(() => parseOtadata(new Uint8Array(0x2000)), { code: 'OTADATA_DAMAGED', message: /0x0 and at 0x1000/ });
  const erased = parseOtadata(new Uint8Array(0x2000).fill(0xff));
  assert.deepEqual([erased, activeEntry(erased)], [['erased', 'erased'], undefined]);
  assert.throws(() => buildOtadata([{ ...entry(1), label: new Uint8Array(3) }, 'erased']), { code: 'OTADATA_LABEL' });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (noise) => {
      const bytes = new Uint8Array(0x2000);
      bytes.set(noise);
      assert.throws(() => parseOtadata(bytes), MkiotError);
    }),
  );
});
