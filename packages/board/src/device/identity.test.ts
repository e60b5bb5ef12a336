import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { SigningKey } from '@mkiot/core/crypto/signatures';
import { openDeviceKey } from '../node/deviceKey.ts';
import { DeviceIdentity } from './identity.ts';
import { seededRandom } from '../faults/seededRandom.ts';

const NAME = 'projects/mkiot-test/locations/local/registries/default/devices/pump-1';

async function key(): Promise<SigningKey> {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-board-'));
  try {
    return await openDeviceKey(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

test('a token names the project, lives as long as it was told, and is signed with the device key', async () => {
  const signingKey = await key();
  const clock = new VirtualClock(Date.UTC(2026, 0, 1) + 999);
  const token = await new DeviceIdentity(NAME, signingKey, 600_000).createToken(clock);
  const iat = Date.UTC(2026, 0, 1) / 1000;
  assert.deepEqual(claimsOf(token), { iat, exp: iat + 600, aud: 'mkiot-test' });
  const [header, claims, signature] = token.split('.');
  const signed = Buffer.from(`${header}.${claims}`);
  const publicKey = { key: createPublicKey(signingKey.publicKeyPem), dsaEncoding: 'ieee-p1363' } as const;
  assert.ok(verify('sha256', signed, publicKey, Buffer.from(signature ?? '', 'base64url')));
});

test('each token is made anew from the clock, a wrong one included', async () => {
  const clock = new VirtualClock(0);
  const identity = new DeviceIdentity(NAME, await key());
  assert.deepEqual(claimsOf(await identity.createToken(clock)), { iat: 0, exp: 3_600, aud: 'mkiot-test' });
  clock.setWallClock(Date.UTC(2038, 0, 19));
  const iat = Date.UTC(2038, 0, 19) / 1000;
  assert.deepEqual(claimsOf(await identity.createToken(clock)), { iat, exp: iat + 3_600, aud: 'mkiot-test' });
});

test('a session is renewed before its token ends, and not all at one moment', async () => {
  const identity = new DeviceIdentity(NAME, await key(), 100_000);
  const random = seededRandom(5);
  const renewals = Array.from({ length: 1_000 }, () => identity.renewAfterMs(random));
  assert.ok(renewals.every((renewal) => renewal >= 80_000 && renewal < 95_000));
  assert.ok(Math.max(...renewals) - Math.min(...renewals) > 14_000);
});

test('a name that is none, or that ends in the numeric id, is refused with the right form', async () => {
  const signingKey = await key();
  for (const name of ['', 'pump-1', `/${NAME}`, NAME.replace('pump-1', '2411'), NAME.replace('pump-1', '..')]) {
    assert.throws(() => new DeviceIdentity(name, signingKey), {
      code: 'DEVICE_NAME_INVALID',
      message: /devices\/DEVICE/,
    });
  }
});

test('a token life that no server allows is refused', async () => {
  const signingKey = await key();
  for (const lifetimeMs of [0, 999, 86_400_001, NaN]) {
    assert.throws(() => new DeviceIdentity(NAME, signingKey, lifetimeMs), { code: 'TOKEN_LIFETIME_INVALID' });
  }
});
