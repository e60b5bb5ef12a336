import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { utf8Decode } from '../bytes/bytes.ts';
import { encodeGatewayError, type GatewayError } from './gatewayErrors.ts';

const encoded = (error: GatewayError): unknown => JSON.parse(utf8Decode(encodeGatewayError(error)));

test('an error says what IoT Core said, of the packet that caused it', () => {
  const message = { type: 'PUBLISH', topic: '/devices/pump-1/events', packetId: 6 } as const;
  assert.deepEqual(encoded({ type: 'GATEWAY_DEVICE_NOT_FOUND', deviceId: 'pump-1', message }), {
    error_type: 'GATEWAY_DEVICE_NOT_FOUND',
    description: "The specified device with ID 'pump-1' is not attached to the gateway.",
    device_id: 'pump-1',
    mqtt_message_info: { message_type: 'PUBLISH', topic: '/devices/pump-1/events', packet_id: 6 },
  });
});

test('an error that no packet has caused names none', () => {
  assert.deepEqual(encoded({ type: 'GATEWAY_DETACHMENT_DEVICE_ERROR', deviceId: 'pump-1' }), {
    error_type: 'GATEWAY_DETACHMENT_DEVICE_ERROR',
    description: 'Device detached because of a device error.',
    device_id: 'pump-1',
  });
});

test('names and topics of any kind come back as they were', () => {
  const text = fc.string({ unit: 'grapheme' });
  const packetId = fc.option(fc.integer({ min: 1, max: 0xffff }), { nil: undefined });
  fc.assert(
    fc.property(text, text, packetId, (deviceId, topic, packetId) => {
      const message = { type: 'SUBSCRIBE', topic, packetId } as const;
      const error = encoded({ type: 'GATEWAY_ATTACHMENT_ERROR', deviceId, message, detail: 'More.' });
      assert.partialDeepStrictEqual(error, { device_id: deviceId, mqtt_message_info: { topic } });
      assert.match((error as { description: string }).description, / More\.$/);
    }),
  );
});
