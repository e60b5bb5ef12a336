import { concatBytes } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeSlip, SlipDecoder } from './slip.ts';

const decodeAll = (bytes: Uint8Array, maxBytes = 64): readonly Uint8Array[] => new SlipDecoder(maxBytes).push(bytes);

const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 64 }), { maxLength: 6 });
const noise = fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.filter((byte) => byte !== 0xc0));

test('frames come back whole, however the bytes are cut and whatever noise is between them', () => {
  fc.assert(
    fc.property(frames, noise, fc.integer({ min: 1, max: 9 }), (sent, between, piece) => {
      const line = concatBytes(...sent.flatMap((frame) => [encodeSlip(frame), between]));
      const decoder = new SlipDecoder(64);
      const received: Uint8Array[] = [];
      for (let at = 0; at < line.length; at += piece) received.push(...decoder.push(line.subarray(at, at + piece)));
      assert.deepEqual(received, sent);
    }),
  );
});

test('ENDs and ESCs in a frame are escaped', () => {
  const line = encodeSlip(Uint8Array.of(0xc0, 1, 0xdb));
  assert.deepEqual([...line], [0xc0, 0xdb, 0xdc, 1, 0xdb, 0xdd, 0xc0]);
});

test('a wrong escape spoils its frame and no other', () => {
  const line = Uint8Array.of(0xc0, 1, 0xdb, 2, 3, 0xc0, 0xc0, 0xdb, 0xc0, 0xc0, 4, 0xc0);
  assert.deepEqual(decodeAll(line), [Uint8Array.of(4)]);
});

test('a frame that is too long is dropped, and the next one is taken', () => {
  const line = concatBytes(encodeSlip(new Uint8Array(5)), encodeSlip(new Uint8Array(4)));
  assert.deepEqual(decodeAll(line, 4), [new Uint8Array(4)]);
});

test('who begins to listen in the middle of a frame loses at most that one and what follows without a second END', () => {
  const line = concatBytes(...[1, 2, 3].map((byte) => encodeSlip(Uint8Array.of(byte, byte))));
  assert.deepEqual(decodeAll(line.subarray(2)), [Uint8Array.of(2, 2), Uint8Array.of(3, 3)]);
});

test('any bytes at all are taken without an error, and frames are never longer than allowed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      for (const frame of decodeAll(bytes, 8)) assert.ok(frame.length >= 1 && frame.length <= 8);
    }),
  );
});
