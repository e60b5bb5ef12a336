import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePubacks } from './puback.ts';

test('the acknowledgements of many packets leave in one buffer, in order', () => {
  assert.deepEqual([...encodePubacks([1, 0xabcd, 0xffff])], [0x40, 2, 0, 1, 0x40, 2, 0xab, 0xcd, 0x40, 2, 0xff, 0xff]);
  assert.equal(encodePubacks([]).length, 0);
});

test('one impossible identifier spoils the lot', () => {
  assert.throws(() => encodePubacks([1, 0, 2]), { code: 'MQTT_PACKET_INVALID' });
});
