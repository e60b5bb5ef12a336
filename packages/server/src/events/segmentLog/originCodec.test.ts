import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'node:test';
import { decodeOrigin, encodeOrigin, MAX_ORIGIN_BYTES } from './originCodec.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const anyOrigin = fc.record(
  {
    project: text,
    location: text,
    registry: text,
    deviceId: text,
    deviceNumId: fc.maxSafeNat(),
    gatewayId: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    isWill: fc.constant(true as const),
  },
  { noNullPrototype: true, requiredKeys: ['project', 'location', 'registry', 'deviceId', 'deviceNumId'] },
);
const pump = { project: 'mkiot', location: 'local', registry: 'default', deviceId: 'pump-1', deviceNumId: 4711 };

test('every origin comes back as it was', () => {
  fc.assert(
    fc.property(anyOrigin, (origin) => {
      const { encoded, ...rest } = encodeOrigin(origin);
      assert.deepEqual(rest, origin);
      assert.deepEqual(decodeOrigin(encoded), origin);
      assert.ok(encoded.length <= MAX_ORIGIN_BYTES);
    }),
  );
});

test('an origin is the numeric id and four texts, each with its length', () => {
  assert.equal(
    Buffer.from(encodeOrigin(pump).encoded).toString('latin1'),
    '\x67\x12\0\0\0\0\0\0\x05mkiot\x05local\x07default\x06pump-1',
  );
});

test('what came through a gateway has its id behind the four texts', () => {
  const { encoded } = encodeOrigin({ ...pump, gatewayId: 'hub-1' });
  assert.equal(
    Buffer.from(encoded).toString('latin1'),
    '\x67\x12\0\0\0\0\0\0\x05mkiot\x05local\x07default\x06pump-1\x05hub-1',
  );
  assert.equal(decodeOrigin(encoded.subarray(0, -1)), undefined);
  assert.equal(decodeOrigin(Buffer.concat([encoded, Uint8Array.of(0)])), undefined);
});

test('a will has its mark behind the gateway, which is empty without one, and no other mark is known', () => {
  const { encoded } = encodeOrigin({ ...pump, isWill: true });
  assert.equal(
    Buffer.from(encoded).toString('latin1'),
    '\x67\x12\0\0\0\0\0\0\x05mkiot\x05local\x07default\x06pump-1\0\x04will',
  );
  const foreign = Uint8Array.from(encoded);
  foreign[foreign.length - 1] = 0x6d;
  assert.equal(decodeOrigin(foreign), undefined);
  assert.equal(decodeOrigin(encoded.subarray(0, -'\x04will'.length)), undefined, 'an empty gateway without a mark');
  assert.equal(decodeOrigin(Buffer.concat([encoded, Uint8Array.of(0)])), undefined);
});

test('an origin that is cut short, has bytes left over or is no UTF-8 is none', () => {
  const { encoded } = encodeOrigin(pump);
  for (let length = 0; length < encoded.length; length++) {
    assert.equal(decodeOrigin(encoded.subarray(0, length)), undefined, `length ${length}`);
  }
  assert.equal(decodeOrigin(Buffer.concat([encoded, Uint8Array.of(1)])), undefined);
  const foreign = Uint8Array.from(encoded);
  foreign[foreign.length - 1] = 0xff;
  assert.equal(decodeOrigin(foreign), undefined);
  const hugeNumId = Uint8Array.from(encoded);
  hugeNumId[7] = 1;
  assert.equal(decodeOrigin(hugeNumId), undefined);
});

test('a text that really holds U+FFFD is a text', () => {
  const origin = { ...pump, deviceId: 'a\uFFFDb' };
  assert.deepEqual(decodeOrigin(encodeOrigin(origin).encoded), origin);
});

test('a field that is too long is refused by name', () => {
  assert.throws(() => encodeOrigin({ ...pump, registry: 'r'.repeat(256) }), {
    code: 'EVENT_ORIGIN_TOO_LONG',
    message: /registry.*256.*255/,
  });
  assert.equal(encodeOrigin({ ...pump, registry: 'r'.repeat(255) }).registry.length, 255);
});
