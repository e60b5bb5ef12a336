import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameBatch, type FrameCode, FRAMES, readFrames } from './frames.ts';

interface Frame {
  readonly code: FrameCode;
  readonly connection: number;
  readonly value: number;
  readonly payload: Uint8Array;
}

const connection = fc.nat({ max: 2 ** 32 - 1 });
const taken = fc.record({ connection, value: fc.nat({ max: 2 ** 32 - 1 }) });
const other = fc.record({
  code: fc.constantFrom(...Object.values(FRAMES).filter((code) => code !== FRAMES.TAKEN)),
  connection,
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.nat({ max: 40_000 }).map((length) => new Uint8Array(length)),
  ),
});

function read(batch: ArrayBuffer): readonly Frame[] {
  const frames: Frame[] = [];
  readFrames(batch, (code, connection, value, payload) => frames.push({ code, connection, value, payload }));
  return frames;
}

test('what is added to a batch is read from it, in the same order', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(taken, other)), (added) => {
      const batch = new FrameBatch();
      for (const frame of added) {
        if ('value' in frame) batch.addTaken(frame.connection, frame.value);
        else batch.add(frame.code, frame.connection, frame.payload);
      }
      const expected = added.map((frame) =>
        'value' in frame
          ? { code: FRAMES.TAKEN, payload: new Uint8Array(0), ...frame }
          : { value: frame.payload.length, ...frame },
      );
      assert.deepEqual(read(batch.take()), expected);
    }),
  );
});

test('a batch that was taken is empty, and its buffer does not change any more', () => {
  const batch = new FrameBatch();
  batch.add(FRAMES.DATA, 1, new Uint8Array([1, 2]));
  const first = batch.take();
  batch.add(FRAMES.DATA, 2, new Uint8Array([3]));
  assert.deepEqual(read(first), [{ code: FRAMES.DATA, connection: 1, value: 2, payload: new Uint8Array([1, 2]) }]);
  assert.deepEqual(read(batch.take()), [{ code: FRAMES.DATA, connection: 2, value: 1, payload: new Uint8Array([3]) }]);
  assert.equal(batch.length, 0);
});
