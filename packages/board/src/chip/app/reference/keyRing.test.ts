import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import { boardError } from '../../../device/boardErrors.ts';
import { reasonError } from '../../../device/connection/serverReasons.ts';
import type { DeviceEvent } from '../../../device/deviceEvents.ts';
import type { NvsPartition } from '../nvs/nvsPartition.ts';
import { KeyRing } from './keyRing.ts';

const KEYS: readonly SigningKey[] = [1, 2, 3].map((number) => ({
  algorithm: 'ES256',
  publicKeyPem: `key ${number}`,
  sign: () => Promise.resolve(Uint8Array.of(number)),
}));

function memory(): NvsPartition {
  const stored = new Map<string, Uint8Array>();
  const nvs = {
    get: (key: string) => stored.get(key),
    set: async (key: string, value: Uint8Array) => void stored.set(key, value),
  };
  return nvs as unknown as NvsPartition;
}

const CONNECTED: DeviceEvent = { type: 'connected', reconnects: 0, login: 'clock' };
const refused = (error = reasonError('CONNECT_REFUSED', REASON_CODES.NOT_AUTHORIZED.code, 5)): DeviceEvent => ({
  type: 'retrying',
  attempt: 1,
  delayMs: 1_000,
  error,
});

function heed(ring: KeyRing, ...events: readonly DeviceEvent[]): void {
  for (const event of events) ring.heed(event);
}

test('a device goes on with its next key when the platform refuses the one before three times', async () => {
  const ring = new KeyRing(KEYS, memory());
  heed(ring, refused(), refused());
  assert.deepEqual([ring.number, ring.publicKeyPem], [1, 'key 1']);
  heed(ring, refused(reasonError('CONNECT_REFUSED', 5, 4)));
  assert.deepEqual([ring.number, ring.publicKeyPem], [2, 'key 2']);
  assert.deepEqual(await ring.sign(new Uint8Array()), Uint8Array.of(2));
  heed(ring, ...Array.from({ length: 6 }, () => refused()));
  assert.equal(ring.number, 1, 'after the last comes the first');
});

test('the key that was let in is used again after a restart', () => {
  const nvs = memory();
  const ring = new KeyRing(KEYS, nvs);
  heed(ring, refused(), refused(), refused(), CONNECTED);
  assert.equal(new KeyRing(KEYS, nvs).number, 2);
  assert.equal(new KeyRing(KEYS.slice(0, 1), nvs).number, 1, 'a number of no key is none');
});

test('a login that is let in makes the refusals before it count no more', () => {
  const ring = new KeyRing(KEYS, memory());
  heed(ring, refused(), refused(), CONNECTED, refused(), refused());
  assert.equal(ring.number, 1);
});

test('a server that is busy, away or ends a session has not refused the key', () => {
  const ring = new KeyRing(KEYS, memory());
  const others = [
    reasonError('CONNECT_REFUSED', REASON_CODES.SERVER_BUSY.code, 5),
    reasonError('CONNECT_REFUSED', 3, 4),
    reasonError('SERVER_DISCONNECTED', REASON_CODES.NOT_AUTHORIZED.code, 5),
    boardError('CONNECTION_ENDED'),
  ];
  for (const error of others) heed(ring, refused(error), refused(error), refused(error));
  assert.equal(ring.number, 1);
});
