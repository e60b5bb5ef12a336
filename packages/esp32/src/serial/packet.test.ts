import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildDataPacket,
  buildRequest,
  buildResponse,
  parseDataPacket,
  parseRequest,
  parseResponse,
  wordBytes,
  wordsOf,
} from './packet.ts';

const opcode = fc.integer({ min: 0, max: 0xff });
const word = fc.integer({ min: 0, max: 0xffffffff });
const data = fc.uint8Array({ maxLength: 64 });

test('requests, responses, data packets and words come back as they were built', () => {
  fc.assert(
    fc.property(opcode, word, data, fc.array(word, { maxLength: 8 }), (opcode, value, data, words) => {
      const request = parseRequest(buildRequest(opcode, data, value));
      assert.deepEqual(request, { opcode, checksum: value, data, isWhole: true });
      assert.deepEqual(parseResponse(buildResponse({ opcode, value, data })), { opcode, value, data });
      assert.deepEqual(parseDataPacket(buildDataPacket({ sequence: value, payload: data })), {
        sequence: value,
        payload: data,
      });
      assert.deepEqual(wordsOf(wordBytes(...words)), words);
    }),
  );
});

test('a response that was cut short or made longer is none, and neither is a request', () => {
  fc.assert(
    fc.property(opcode, word, data, fc.nat(70), (opcode, value, data, length) => {
      const frame = buildResponse({ opcode, value, data });
      if (length !== frame.length) {
        const other = new Uint8Array(length);
        other.set(frame.subarray(0, length));
        assert.equal(parseResponse(other), undefined);
      }
      assert.equal(parseResponse(buildRequest(opcode, data)), undefined);
    }),
  );
});
