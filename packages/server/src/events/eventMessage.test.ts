import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventMessage } from './eventMessage.ts';

test('an event becomes the Pub/Sub message of IoT Core', () => {
  const message = eventMessage({
    project: 'mkiot-abc123',
    location: 'local',
    registry: 'pumps',
    deviceId: 'pump-1',
    deviceNumId: 2 ** 53 - 1,
    sequence: 12,
    receivedAtMs: Date.UTC(2026, 10, 22, 12, 0, 0, 5),
    subfolder: 'temp/indoor',
    payload: Uint8Array.of(0xff, 0x00, 0x10, 0x80).subarray(1),
  });
  assert.deepEqual(message, {
    data: 'ABCA',
    attributes: {
      deviceId: 'pump-1',
      deviceNumId: '9007199254740991',
      deviceRegistryId: 'pumps',
      deviceRegistryLocation: 'local',
      projectId: 'mkiot-abc123',
      subFolder: 'temp/indoor',
    },
    messageId: '12',
    publishTime: '2026-11-22T12:00:00.005Z',
  });
});

test('an event that came through a gateway names it', () => {
  const { attributes } = eventMessage({
    project: 'mkiot-abc123',
    location: 'local',
    registry: 'pumps',
    deviceId: 'pump-1',
    deviceNumId: 4711,
    gatewayId: 'hub-1',
    sequence: 1,
    receivedAtMs: 0,
    subfolder: '',
    payload: new Uint8Array(),
  });
  assert.equal(attributes['gatewayId'], 'hub-1');
});
