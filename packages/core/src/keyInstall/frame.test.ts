import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concatBytes, utf8Encode } from '../bytes/bytes.ts';
import { decodeCobs, encodeCobs } from './cobs.ts';
import { decodeFrame, encodeFrame, type Frame, FrameDecoder, MAX_PAYLOAD_BYTES } from './frame.ts';

const frames: fc.Arbitrary<Frame> = fc.record(
  {
    kind: fc.integer({ min: 0, max: 0xff }),
    session: fc.integer({ min: 0, max: 0xffffffff }),
    sequence: fc.integer({ min: 0, max: 0xffff }),
    payload: fc.uint8Array({ maxLength: MAX_PAYLOAD_BYTES }).map((bytes) => new Uint8Array(bytes)),
  },
  { noNullPrototype: true },
);

function heardIn(bytes: Uint8Array): Frame[] {
  const heard: Frame[] = [];
  new FrameDecoder((frame) => heard.push({ ...frame, payload: frame.payload.slice() })).add(bytes);
  return heard;
}

test('COBS gives back what it took, without a zero between', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_000, size: 'max' }), (bytes) => {
      const encoded = encodeCobs(bytes);
      assert.ok(!encoded.includes(0));
      assert.deepEqual(decodeCobs(encoded), new Uint8Array(bytes));
    }),
  );
});

test('COBS of blocks at the edge of 254 bytes is as its paper writes it', () => {
  const run = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index + 1);
  assert.deepEqual(encodeCobs(Uint8Array.of(0)), Uint8Array.of(1, 1));
  assert.deepEqual(encodeCobs(Uint8Array.of(0x11, 0x22, 0, 0x33)), Uint8Array.of(3, 0x11, 0x22, 2, 0x33));
  assert.deepEqual(encodeCobs(run(254)), concatBytes(Uint8Array.of(0xff), run(254)));
  assert.deepEqual(encodeCobs(run(255)), concatBytes(Uint8Array.of(0xff), run(254), Uint8Array.of(2, 255)));
  for (const bytes of [run(253), run(254), run(255)]) assert.deepEqual(decodeCobs(encodeCobs(bytes)), bytes);
  assert.equal(decodeCobs(Uint8Array.of(5, 1)), undefined);
  assert.equal(decodeCobs(Uint8Array.of(3, 0, 1)), undefined);
  assert.equal(decodeCobs(new Uint8Array()), undefined);
});

test('a frame is found in log text, after half a frame and before garbage, however the line cuts it', () => {
  fc.assert(
    fc.property(frames, frames, fc.nat(200), fc.integer({ min: 1, max: 50 }), (frame, lost, cut, chunk) => {
      const half = encodeFrame(lost);
      const line = concatBytes(
        utf8Encode('I (12) mkiot: no name\r\n'),
        half.subarray(0, Math.min(cut, half.length - 2)),
        encodeFrame(frame),
        utf8Encode('\u001b[0mlog'),
      );
      const heard: Frame[] = [];
      const decoder = new FrameDecoder((each) => heard.push(each));
      for (let at = 0; at < line.length; at += chunk) decoder.add(line.subarray(at, at + chunk));
      assert.deepEqual(heard, [frame]);
    }),
  );
});

test('a frame with one wrong bit, cut short or of another version is none', () => {
  fc.assert(
    fc.property(frames, fc.nat(), fc.nat(), (frame, place, length) => {
      const bytes = encodeFrame(frame);
      const wrong = bytes.slice();
      const bit = 8 + (place % ((bytes.length - 2) * 8));
      wrong[bit >> 3] = (wrong[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.deepEqual(heardIn(wrong), []);
      assert.deepEqual(
        heardIn(concatBytes(bytes.subarray(0, 1 + (length % (bytes.length - 2))), Uint8Array.of(0))),
        [],
      );
      assert.deepEqual(heardIn(concatBytes(wrong, bytes)), [frame], 'the next one is heard');
    }),
  );
});

test('any bytes make no frame, and no more are held than a frame has', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000, size: 'max' }), (bytes) => void heardIn(bytes)));
  const long = new Uint8Array(100_000).fill(1);
  const frame = { kind: 1, session: 0, sequence: 0, payload: new Uint8Array() };
  assert.deepEqual(heardIn(concatBytes(long, encodeFrame(frame))), [frame]);
  assert.equal(decodeFrame(long), undefined);
});

test('a payload that no decoder would take is not sent', () => {
  const payload = new Uint8Array(MAX_PAYLOAD_BYTES + 1);
  assert.throws(() => encodeFrame({ kind: 1, session: 0, sequence: 0, payload }), { code: 'KEY_INSTALL_PAYLOAD_LONG' });
});
