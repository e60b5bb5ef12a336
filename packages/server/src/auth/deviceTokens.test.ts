import { encodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importVerifyingKey } from '../runtime/nodeCrypto.ts';
import type { DeviceRecord } from '../registry/model.ts';
import { deviceName } from '../registry/registry.testing.ts';
import { ADMIN, clientIdOf, ecKey, LoginBench, PROJECT, rsaKey } from './deviceLogin.testing.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';
import { DeviceLoginKeys, type ImportVerifyingKey } from './deviceLoginKeys.ts';
import type { Entrance } from './deviceEntrance.ts';
import { DeviceTokens } from './deviceTokens.ts';

function entranceOf(found: DeviceRecord | MkiotError): Entrance {
  const [clientId, protocol] = [clientIdOf('pump-1'), 'MQTT'] as const;
  return found instanceof MkiotError ? { clientId, protocol, refusal: found } : { clientId, protocol, device: found };
}

/** Counts signature checks of real keys. */
function countingKeys(bench: LoginBench, capacity?: number) {
  const count = { checks: 0, imports: 0 };
  const importKey: ImportVerifyingKey = (pem, format) => {
    count.imports++;
    const key = importVerifyingKey(pem, format);
    return {
      algorithm: key.algorithm,
      verify(signed, signature) {
        count.checks++;
        return key.verify(signed, signature);
      },
    };
  };
  const keys = new DeviceLoginKeys(importKey, bench.logger, capacity);
  count.imports = 0; // the stand-ins
  return { keys, count };
}

const key = ecKey();
const rsa = rsaKey();

test('a well-formed token costs a signature check whatever is wrong, so that time does not tell', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  await bench.addDevice('bare', []);
  const pump = await bench.devices.get(deviceName('pump-1'));
  const bare = await bench.devices.get(deviceName('bare'));
  const unknown = deviceLoginError('LOGIN_DEVICE_UNKNOWN', { device: clientIdOf('none') });
  const { keys, count } = countingKeys(bench);
  const tokens = new DeviceTokens(PROJECT, keys, bench.nonces);
  const ticket = encodeNonce(new Uint8Array(24));
  const wrongKey = bench.token(ecKey());
  const cases = [
    [unknown, wrongKey],
    [unknown, bench.token(rsa)],
    [unknown, bench.token(key, { aud: 'other' })],
    [unknown, bench.token(key, { nonce: ticket })],
    [pump, wrongKey],
    [pump, bench.token(rsa)],
    [pump, bench.token(key, { aud: 'other' })],
    [pump, bench.token(key, { iat: -7200, exp: -3600 })],
    [pump, bench.token(key, { nonce: ticket })],
    [pump, bench.token(key, { nonce: encodeNonce(bench.nonces.challenges.issue('another')) })],
    [bare, wrongKey],
  ] as const;
  for (const [device, token] of cases) {
    count.checks = 0;
    const verified = await tokens.verify(Buffer.from(token), entranceOf(device), bench.clock.now());
    assert.ok(verified instanceof MkiotError);
    assert.equal(count.checks, 1);
  }
});

/** A device with a key, what verifies its tokens, and how many checks that costs. */
async function proving(bench: LoginBench) {
  await bench.addDevice('pump-1', [key]);
  const device = await bench.devices.get(deviceName('pump-1'));
  const { keys, count } = countingKeys(bench);
  const tokens = new DeviceTokens(PROJECT, keys, bench.nonces);
  const outcomeOf = async (token: string | Uint8Array, found: DeviceRecord | MkiotError = device): Promise<string> => {
    const verified = await tokens.verify(Buffer.from(token), entranceOf(found), bench.clock.now());
    return verified instanceof MkiotError ? verified.code : 'PROVEN';
  };
  return { device, count, outcomeOf };
}

test('a token that comes again is known by its digest: without a signature check', async () => {
  await using bench = await LoginBench.open();
  const { count, outcomeOf } = await proving(bench);
  const token = bench.token(key);
  for (let login = 0; login < 3; login++) assert.equal(await outcomeOf(token), 'PROVEN');
  assert.equal(count.checks, 1);
});

test('the same claims with another signature, and a token with any byte changed, are checked anew', async () => {
  await using bench = await LoginBench.open();
  const { count, outcomeOf } = await proving(bench);
  const token = bench.token(key);
  assert.equal(await outcomeOf(token), 'PROVEN');
  assert.equal(await outcomeOf(bench.token(key)), 'PROVEN'); // ECDSA draws a new number for each
  assert.equal(count.checks, 2);
  for (let at = 0; at < token.length; at++) {
    const changed = Buffer.from(token);
    changed[at]! ^= 1;
    assert.notEqual(await outcomeOf(changed), 'PROVEN', `byte ${at}`);
  }
  assert.equal(await outcomeOf(token), 'PROVEN');
});

test('what was proven once holds only as long as its times, and for no other device, key or audience', async () => {
  await using bench = await LoginBench.open();
  const { device, outcomeOf } = await proving(bench);
  const token = bench.token(key);
  assert.equal(await outcomeOf(token), 'PROVEN');

  const blocked = deviceLoginError('LOGIN_DEVICE_BLOCKED', { device: clientIdOf('pump-1') });
  assert.equal(await outcomeOf(token, blocked), 'LOGIN_DEVICE_BLOCKED');
  const [credential] = device.credentials;
  assert.equal(await outcomeOf(token, { ...device, credentials: [] }), 'LOGIN_NO_CREDENTIAL');
  const expired = { ...device, credentials: [{ ...credential!, expiresAtMs: bench.clock.now() }] };
  assert.equal(await outcomeOf(token, expired), 'LOGIN_CREDENTIALS_EXPIRED');

  assert.equal(await outcomeOf(token), 'PROVEN');
  bench.clock.advance(3_600_000 + 600_000);
  assert.equal(await outcomeOf(token), 'JWT_EXPIRED');
});

test('a token that was proven for one device is checked for another, known or unknown, also where both have its key', async () => {
  await using bench = await LoginBench.open();
  const { count, outcomeOf } = await proving(bench);
  await bench.addDevice('pump-2', [ecKey()]);
  await bench.addDevice('twin', [key]);
  const other = await bench.devices.get(deviceName('pump-2'));
  const twin = await bench.devices.get(deviceName('twin'));
  const unknown = deviceLoginError('LOGIN_DEVICE_UNKNOWN', { device: clientIdOf('none') });
  const token = bench.token(key);
  for (const [found, outcome] of [
    [other, 'LOGIN_SIGNATURE_WRONG'],
    [unknown, 'LOGIN_DEVICE_UNKNOWN'],
    [twin, 'PROVEN'],
  ] as const) {
    assert.equal(await outcomeOf(token), 'PROVEN');
    count.checks = 0;
    assert.equal(await outcomeOf(token, found), outcome);
    assert.equal(count.checks, 1);
  }
});

test('a wrong token is not remembered', async () => {
  await using bench = await LoginBench.open();
  const { count, outcomeOf } = await proving(bench);
  const wrong = bench.token(ecKey());
  for (let login = 0; login < 3; login++) assert.equal(await outcomeOf(wrong), 'LOGIN_SIGNATURE_WRONG');
  assert.equal(count.checks, 3);
});

test('why a device may not come in is told before what is wrong with its token', async () => {
  await using bench = await LoginBench.open();
  const blocked = deviceLoginError('LOGIN_DEVICE_BLOCKED', { device: clientIdOf('pump-1') });
  const tokens = new DeviceTokens(PROJECT, countingKeys(bench).keys, bench.nonces);
  assert.equal(await tokens.verify(Buffer.from('garbage'), entranceOf(blocked), bench.clock.now()), blocked);
});

test('a key is parsed once, and again when too many others came between', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  const device = await bench.devices.get(deviceName('pump-1'));
  const { keys, count } = countingKeys(bench, 2);
  const use = (...ids: readonly number[]): void => {
    for (const id of ids) keys.signers({ ...device, credentials: [{ id, ...key.credential }] }, 'ES256', 0);
  };
  use(1, 2, 1, 2);
  assert.equal(count.imports, 2);
  use(3, 2);
  assert.equal(count.imports, 3, 'the first was used least lately');
  use(1);
  assert.equal(count.imports, 4);
});

test('a key in the registry that cannot be read is logged once and does not stop the others', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  const name = deviceName('pump-1');
  await bench.devices.patch(name, { credentials: [rsa.credential, key.credential] }, ADMIN);
  const device = await bench.devices.get(name);
  const damaged = { ...device.credentials[0]!, id: 4711, format: 'ES256_PEM', pem: 'damaged' } as const;
  const tokens = new DeviceTokens(PROJECT, new DeviceLoginKeys(importVerifyingKey, bench.logger), bench.nonces);
  for (let login = 0; login < 2; login++) {
    const credentials = [damaged, ...device.credentials];
    const entrance = entranceOf({ ...device, credentials });
    const verified = await tokens.verify(Buffer.from(bench.token(key)), entrance, bench.clock.now());
    assert.ok(!(verified instanceof MkiotError));
  }
  assert.equal(bench.logged.filter((line) => line['credential'] === 4711).length, 1);
});
