import { toHex, utf8Encode } from '@mkiot/core/bytes/bytes';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format8n1 } from '../uart/uartFormat.ts';
import { modbusCrc16 } from './crc16.ts';
import { encodeModbusFrame, modbusSilence, parseModbusFrame } from './modbusFrame.ts';
import {
  encodeModbusRequest,
  encodeModbusResponse,
  type ModbusRequest,
  type ModbusResponse,
  parseModbusRequest,
  parseModbusResponse,
} from './modbusPdu.ts';

const u16 = fc.integer({ min: 0, max: 0xffff });
const plain = { noNullPrototype: true };
const requests: fc.Arbitrary<ModbusRequest> = fc.oneof(
  fc.record(
    { function: fc.constantFrom(3 as const, 4 as const), address: u16, count: fc.integer({ min: 1, max: 125 }) },
    plain,
  ),
  fc.record({ function: fc.constant(6 as const), address: u16, value: u16 }, plain),
  fc.record(
    {
      function: fc.constant(16 as const),
      address: u16,
      values: fc.array(u16, { minLength: 1, maxLength: 123 }),
    },
    plain,
  ),
);

function answerTo(request: ModbusRequest, value: number): ModbusResponse {
  if (request.function === 6) return request;
  if (request.function === 16) return { function: 16, address: request.address, count: request.values.length };
  return {
    function: request.function,
    values: Array.from({ length: request.count }, (_, at) => (value + at) & 0xffff),
  };
}

test('every request and its answer come back as they were', () => {
  fc.assert(
    fc.property(requests, u16, (request, value) => {
      assert.deepEqual(parseModbusRequest(encodeModbusRequest(request)), request);
      const response = answerTo(request, value);
      assert.deepEqual(parseModbusResponse(encodeModbusResponse(response), request), response);
      const exception = { function: request.function, exception: 2 };
      assert.deepEqual(parseModbusResponse(encodeModbusResponse(exception), request), exception);
    }),
  );
});

test('a request that is cut short or too long is answered by an exception, whatever its bytes', () => {
  fc.assert(
    fc.property(requests, fc.integer({ min: -3, max: 3 }), (request, change) => {
      const bytes = encodeModbusRequest(request);
      const wrong = change < 0 ? bytes.subarray(0, bytes.length + change) : new Uint8Array(bytes.length + change);
      if (change >= 0) wrong.set(bytes);
      const parsed = parseModbusRequest(wrong);
      assert.equal('exception' in parsed, change !== 0);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 260 }), (bytes) => void parseModbusRequest(bytes)));
});

test('a frame comes back, and with up to two flipped bits it is none', () => {
  const flips = fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 247 }),
      fc.uint8Array({ minLength: 1, maxLength: 253 }),
      flips,
      (address, pdu, at) => {
        const bytes = encodeModbusFrame({ address, pdu });
        assert.deepEqual(parseModbusFrame(bytes), { address, pdu });
        const bits = new Set(at.map((bit) => bit % (8 * bytes.length)));
        for (const bit of bits) bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
        assert.equal(parseModbusFrame(bytes), undefined);
      },
    ),
  );
});

test('the CRC of 123456789 is 37 4b on the line', () => {
  assert.equal(modbusCrc16(utf8Encode('123456789')), 0x4b37);
});

for (const [what, hex] of [
  ['reading two holding registers', '010300000002c40b'],
  ['an answer of two registers', '01030400060005da31'],
  ['an exception', '018302c0f1'],
  // XY-MD02 manual: the temperature is asked for, and is 30.5 degrees.
  ['the request of a manual', '010400010001600a'],
  ['the answer of a manual', '01040201317974'],
] as const) {
  test(`the published frame of ${what} is right, and ours is the same`, () => {
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
    const frame = parseModbusFrame(bytes);
    assert.ok(frame !== undefined);
    assert.equal(toHex(encodeModbusFrame(frame)), hex);
  });
}

test('silences are 1.5 and 3.5 characters up to 19200 baud and fixed above', () => {
  const format = { ...format8n1(9_600), parity: 'even' } as const;
  assert.deepEqual(
    [9_600, 19_200, 38_400].map((baud) => {
      const { withinMs, betweenMs } = modbusSilence({ ...format, baud });
      return [Math.round(withinMs * 1_000), Math.round(betweenMs * 1_000)];
    }),
    [
      [1_719, 4_010],
      [859, 2_005],
      [750, 1_750],
    ],
  );
});
