import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WillRecord } from '../bridge/keptSessions/sessionStore.ts';
import { formatWill, parseWill } from './willText.ts';

const bytes = fc.uint8Array({ maxLength: 64 }).map((of) => new Uint8Array(of));
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const properties = fc.record(
  {
    payloadFormatIndicator: fc.constantFrom(0, 1),
    messageExpiryIntervalSeconds: fc.nat(),
    contentType: text,
    responseTopic: text,
    correlationData: bytes,
    userProperties: fc.array(fc.tuple(text, text), { maxLength: 3 }),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const anyWill: fc.Arbitrary<WillRecord> = fc.record(
  {
    kind: text,
    subfolder: text,
    payload: bytes,
    qos: fc.constantFrom(0, 1, 2),
    properties: fc.option(properties, { nil: undefined }),
    delaySeconds: fc.nat({ max: 0xffff_ffff }),
    dueAtMs: fc.option(fc.maxSafeNat(), { nil: undefined }),
  },
  { noNullPrototype: true },
);

test('every will comes back as it was', () => {
  fc.assert(fc.property(anyWill, (will) => assert.deepEqual(parseWill(formatWill(will)), will)));
});
