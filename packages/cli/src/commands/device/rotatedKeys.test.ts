import type { DeviceCredential } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rotatedKeys } from './rotatedKeys.ts';

const NOW = Date.UTC(2026, 10, 23);
const at = (ms: number): string => new Date(NOW + ms).toISOString();
const key = (name: string, expirationTime?: string): DeviceCredential => ({
  publicKey: { format: 'ES256_PEM', key: name },
  ...(expirationTime && { expirationTime }),
});

test('without grace the first key goes, and the order of the others stays', () => {
  assert.deepEqual(rotatedKeys([key('a'), key('b'), key('c')], NOW, 0), [key('b'), key('c')]);
});

test('with grace the first key gets an end, or keeps an earlier one; dead keys go', () => {
  assert.deepEqual(rotatedKeys([key('dead', at(0)), key('a'), key('b')], NOW, 60), [key('a', at(60)), key('b')]);
  assert.deepEqual(rotatedKeys([key('a', at(30)), key('b')], NOW, 60), [key('a', at(30)), key('b')]);
});

test('a device is never left without a key that outlives the old one', () => {
  for (const keys of [[], [key('a')], [key('a'), key('b', at(0))], [key('a'), key('b', at(60))]]) {
    assert.throws(() => rotatedKeys(keys, NOW, 60), { code: 'KEY_WITHOUT_NEXT' });
  }
});
