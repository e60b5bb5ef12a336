import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MessageProperties } from '../bridge/deliveryTerms.ts';
import { formatMessageProperties, parseMessageProperties } from './messageProperties.ts';

const properties = fc.record<MessageProperties>(
  {
    payloadFormatIndicator: fc.constantFrom(0, 1),
    messageExpiryIntervalSeconds: fc.nat(),
    contentType: fc.string({ unit: 'binary' }),
    responseTopic: fc.string(),
    correlationData: fc.uint8Array(),
    userProperties: fc.array(fc.tuple(fc.string(), fc.string({ unit: 'binary' }))),
  },
  { requiredKeys: [], noNullPrototype: true },
);

test('the properties of a kept message come back as they were', () => {
  fc.assert(
    fc.property(properties, (some) => {
      assert.deepEqual(parseMessageProperties(formatMessageProperties(some)), some);
    }),
  );
});
