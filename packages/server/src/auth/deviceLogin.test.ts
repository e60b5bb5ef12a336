import assert from 'node:assert/strict';
import { createHmac, sign } from 'node:crypto';
import { test } from 'node:test';
import type { DeviceService } from '../registry/deviceService.ts';
import { deviceName, PLACE, REGISTRY } from '../registry/registry.testing.ts';
import { ADMIN, clientIdOf, ecKey, LoginBench, PROJECT, rsaKey, type TestKey } from './deviceLogin.testing.ts';

const key = ecKey();
const otherKey = ecKey();
const rsa = rsaKey();
const HOUR_S = 3600;
const DAY_S = 86_400;
const SKEW_S = 600;

for (const [name, good] of [['ES256', key] as const, ['RS256', rsa] as const]) {
  test(`a device comes in with an ${name} token of its own key`, async () => {
    await using bench = await LoginBench.open();
    const numId = await bench.addDevice('pump-1', [good]);
    const verdict = await bench.connect(clientIdOf('pump-1'), bench.token(good));
    assert.ok(verdict.accepted);
    const { key: principalKey, deviceId, registry, credentialId } = verdict.principal;
    assert.deepEqual([principalKey, deviceId, registry.id], [numId, 'pump-1', 'pumps']);
    const device = await bench.devices.findDeviceByNumId(numId);
    assert.equal(credentialId, device?.credentials[0]?.id);
    assert.deepEqual(bench.logged, []);
  });
}

test('a client id may end in the numeric id, and the session carries the device id', async () => {
  await using bench = await LoginBench.open();
  const numId = await bench.addDevice('pump-1', [key]);
  const verdict = await bench.connect(clientIdOf(numId), bench.token(key));
  assert.ok(verdict.accepted);
  assert.equal(verdict.principal.deviceId, 'pump-1');
});

// Tokens that a device "pump-1" with one ES256 key sends and that are refused.
const REFUSED_TOKENS: Readonly<Record<string, readonly [string, (bench: LoginBench) => string | undefined]>> = {
  'no password': ['JWT_MISSING', () => undefined],
  'an empty password': ['JWT_MISSING', () => ''],
  'no token': ['JWT_NOT_THREE_PARTS', () => 'hunter2'],
  'a token cut in half': ['JWT_NOT_BASE64', (bench) => `${bench.token(key).slice(0, -1)}!`],
  'a token of 10 MB': ['JWT_TOO_LONG', (bench) => bench.token(key).padEnd(10_000_000, 'A')],
  'a token of another key': ['LOGIN_SIGNATURE_WRONG', (bench) => bench.token(otherKey)],
  'another audience': ['JWT_WRONG_AUDIENCE', (bench) => bench.token(key, { aud: 'mkiot-xyz789' })],
  'an audience list': ['JWT_CLAIM_INVALID', (bench) => bench.token(key, { aud: [PROJECT] })],
  'a nonce that nobody gave it': ['CHALLENGE_FOREIGN', (bench) => bench.token(key, { nonce: 'A'.repeat(43) })],
  'an expired token': ['JWT_EXPIRED', (bench) => bench.token(key, { iat: -HOUR_S, exp: -SKEW_S })],
  'a token of the future': ['JWT_NOT_YET_VALID', (bench) => bench.token(key, { iat: SKEW_S + 1 })],
  'a token for too long': ['JWT_LIFETIME_TOO_LONG', (bench) => bench.token(key, { exp: DAY_S + SKEW_S + 1 })],
  'alg none': [
    'JWT_ALGORITHM_NOT_ALLOWED',
    (bench) => bench.token(key, { header: { alg: 'none' }, sign: () => new Uint8Array(0) }),
  ],
  'HS256 signed with the public key': [
    'JWT_ALGORITHM_NOT_ALLOWED',
    (bench) =>
      bench.token(key, {
        header: { alg: 'HS256', typ: 'JWT' },
        sign: (data) => createHmac('sha256', key.credential.pem).update(data).digest(),
      }),
  ],
  'RS256 claimed for a key that is ES256': [
    'LOGIN_ALGORITHM_MISMATCH',
    (bench) => bench.token(key, { header: { alg: 'RS256' } }),
  ],
  'a DER signature': [
    'JWT_SIGNATURE_LENGTH',
    (bench) => bench.token(key, { sign: (data) => sign('sha256', data, key.privateKey) }),
  ],
  'r and s of zero': ['LOGIN_SIGNATURE_WRONG', (bench) => bench.token(key, { sign: () => new Uint8Array(64) })],
  'r and s of all ones': [
    'LOGIN_SIGNATURE_WRONG',
    (bench) => bench.token(key, { sign: () => new Uint8Array(64).fill(255) }),
  ],
  'a signature with r and s changed over': [
    'LOGIN_SIGNATURE_WRONG',
    (bench) =>
      bench.token(key, {
        sign: (data) => {
          const raw = sign('sha256', data, { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
          return Buffer.concat([raw.subarray(32), raw.subarray(0, 32)]);
        },
      }),
  ],
};
for (const [name, [code, makeToken]] of Object.entries(REFUSED_TOKENS)) {
  test(`${name} is refused as ${code}, in the log, the device's last error and nowhere else`, async () => {
    await using bench = await LoginBench.open();
    const numId = await bench.addDevice('pump-1', [key]);
    const token = makeToken(bench);
    assert.equal(await bench.refusal(clientIdOf('pump-1'), token), code);

    const [line, ...more] = bench.logged;
    assert.deepEqual(more, []);
    assert.partialDeepStrictEqual(line, { device: 'pump-1', deviceNumId: numId, address: '192.0.2.7', code });
    const activity = (await bench.activities.read([numId])).get(numId);
    assert.equal(activity?.error?.status.code, 16);
    const told = JSON.stringify([bench.logged, activity]);
    for (const part of (token ?? '').split('.')) assert.ok(part.length < 8 || !told.includes(part));
  });
}

test('an ES256 token is refused for a device whose key is RSA', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [rsa]);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(key)), 'LOGIN_ALGORITHM_MISMATCH');
});

test('HS256 signed with the RSA public key is refused (RS/HS confusion)', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [rsa]);
  const forged = bench.token(rsa, {
    header: { alg: 'HS256', typ: 'JWT' },
    sign: (data) => createHmac('sha256', rsa.credential.pem).update(data).digest(),
  });
  assert.equal(await bench.refusal(clientIdOf('pump-1'), forged), 'JWT_ALGORITHM_NOT_ALLOWED');
});

const REFUSED_CLIENT_IDS: Readonly<Record<string, string>> = {
  '': 'LOGIN_CLIENT_ID_MALFORMED',
  'pump-1': 'LOGIN_CLIENT_ID_MALFORMED',
  [`/${clientIdOf('pump-1')}`]: 'LOGIN_CLIENT_ID_MALFORMED',
  [`${clientIdOf('pump-1')}/`]: 'LOGIN_CLIENT_ID_MALFORMED',
  [clientIdOf('pump-1').replace(PROJECT, 'mkiot-xyz789')]: 'LOGIN_PROJECT_UNKNOWN',
  [clientIdOf('pump-1', 'second')]: 'LOGIN_REGISTRY_UNKNOWN',
  [clientIdOf('pump-1').replace('/local/', '/europe-west1/')]: 'LOGIN_REGISTRY_UNKNOWN',
  [clientIdOf('pump-2')]: 'LOGIN_DEVICE_UNKNOWN',
  [clientIdOf('PUMP-1')]: 'LOGIN_DEVICE_UNKNOWN',
  [clientIdOf('2000000000000001')]: 'LOGIN_DEVICE_UNKNOWN',
};
for (const [clientId, code] of Object.entries(REFUSED_CLIENT_IDS)) {
  test(`the client id "${clientId}" is refused as ${code} with the best of tokens`, async () => {
    await using bench = await LoginBench.open();
    await bench.addDevice('pump-1', [key]);
    assert.equal(await bench.refusal(clientId, bench.token(key)), code);
  });
}

test('a token pasted where the client id belongs does not reach the log', async () => {
  await using bench = await LoginBench.open();
  const token = bench.token(key);
  assert.equal(await bench.refusal(token, 'unused'), 'LOGIN_CLIENT_ID_MALFORMED');
  assert.ok(!JSON.stringify(bench.logged).includes(token.slice(0, 20)));
});

test("another registry's device of the same id does not come in, nor under its numeric id", async () => {
  await using bench = await LoginBench.open();
  await bench.registries.create({ ...PLACE, registry: 'second' }, {}, ADMIN);
  await bench.addDevice('pump-1', [key]);
  const otherNumId = await bench.addDevice('pump-1', [otherKey], 'second');
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(otherKey)), 'LOGIN_SIGNATURE_WRONG');
  assert.equal(await bench.refusal(clientIdOf('pump-1', 'second'), bench.token(key)), 'LOGIN_SIGNATURE_WRONG');
  assert.equal(await bench.refusal(clientIdOf(otherNumId), bench.token(otherKey)), 'LOGIN_DEVICE_UNKNOWN');
  assert.equal(await bench.refusal(clientIdOf('pump-1', 'second'), bench.token(otherKey)), undefined);
});

test('a blocked device is refused until it is unblocked', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  const name = deviceName('pump-1');
  await bench.devices.patch(name, { blocked: true }, ADMIN);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(key)), 'LOGIN_DEVICE_BLOCKED');
  await bench.devices.patch(name, { blocked: false }, ADMIN);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(key)), undefined);
});

for (const [protocol, other, disabled] of [
  ['MQTT', 'HTTP', { mqttState: 'MQTT_DISABLED' }],
  ['HTTP', 'MQTT', { httpState: 'HTTP_DISABLED' }],
] as const) {
  test(`a registry with ${protocol} disabled lets nobody in by ${protocol}, and by ${other} as before`, async () => {
    await using bench = await LoginBench.open();
    await bench.addDevice('pump-1', [key]);
    await bench.registries.patch(REGISTRY, disabled, ADMIN);
    const [clientId, token] = [clientIdOf('pump-1'), bench.token(key)];
    assert.equal(await bench.refusal(clientId, token, protocol), `LOGIN_${protocol}_DISABLED`);
    assert.equal(await bench.refusal(clientId, token, other), undefined);
  });
}

const WITHDRAWALS: Readonly<Record<string, readonly [string, (bench: LoginBench) => unknown]>> = {
  'was blocked': [
    'LOGIN_DEVICE_BLOCKED',
    ({ devices }) => devices.patch(deviceName('pump-1'), { blocked: true }, ADMIN),
  ],
  'was deleted': ['LOGIN_DEVICE_UNKNOWN', ({ devices }) => devices.delete(deviceName('pump-1'), ADMIN)],
  'was deleted and made anew with another key': [
    'LOGIN_SIGNATURE_WRONG',
    async (bench) => {
      await bench.devices.delete(deviceName('pump-1'), ADMIN);
      await bench.addDevice('pump-1', [otherKey]);
    },
  ],
  'got another key': [
    'LOGIN_SIGNATURE_WRONG',
    ({ devices }) => devices.patch(deviceName('pump-1'), { credentials: [otherKey.credential] }, ADMIN),
  ],
  'has a key that ends now': ['LOGIN_CREDENTIALS_EXPIRED', ({ clock }) => clock.advance(5_000)],
  'is in a registry where MQTT was disabled': [
    'LOGIN_MQTT_DISABLED',
    ({ registries }) => registries.patch(REGISTRY, { mqttState: 'MQTT_DISABLED' }, ADMIN),
  ],
  'is in a registry that wants nonces now': [
    'NONCE_REQUIRED',
    ({ registries }) => registries.patch(REGISTRY, { policy: { deviceLogin: 'NONCE_REQUIRED' } }, ADMIN),
  ],
};
for (const [what, [code, withdraw]] of Object.entries(WITHDRAWALS)) {
  test(`a device that was let in a moment ago and ${what} is refused with the same token`, async () => {
    await using bench = await LoginBench.open();
    const short = { ...key, credential: { ...key.credential, expiresAtMs: bench.clock.now() + 5_000 } };
    await bench.addDevice('pump-1', [short]);
    const [clientId, token] = [clientIdOf('pump-1'), bench.token(short)];
    assert.equal(await bench.refusal(clientId, token), undefined);
    assert.equal(await bench.refusal(clientId, token), undefined);
    await withdraw(bench);
    assert.equal(await bench.refusal(clientId, token), code);
  });
}

test('a device of another project is refused also where somebody looked it up lately', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  bench.devices.lookUp(deviceName('pump-1'));
  bench.restart({ project: 'another-project' });
  const token = bench.token(key, { aud: 'another-project' });
  assert.equal(await bench.refusal(clientIdOf('pump-1'), token), 'LOGIN_PROJECT_UNKNOWN');
});

test('who comes back costs no query, and whoever is refused costs one, so that time does not tell who came lately', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  let queries = 0;
  const lookUp: DeviceService['lookUp'] = (name) => {
    queries++;
    return bench.devices.lookUp(name);
  };
  bench.restart({ devices: { lookUp, recall: (name) => bench.devices.recall(name) } });
  const queriesOf = async (device: string, candidate: TestKey): Promise<number> => {
    const before = queries;
    await bench.connect(clientIdOf(device), bench.token(candidate));
    return queries - before;
  };
  assert.deepEqual(
    [
      await queriesOf('pump-1', key),
      await queriesOf('pump-1', key),
      await queriesOf('pump-1', otherKey),
      await queriesOf('pump-2', otherKey),
      await queriesOf('pump-2', otherKey),
    ],
    [1, 0, 1, 1, 1],
  );
});

test('a device without keys is refused', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', []);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(key)), 'LOGIN_NO_CREDENTIAL');
});

test('of three keys the two live ones come in, of either kind, and the expired one does not', async () => {
  await using bench = await LoginBench.open();
  const expired: TestKey = ecKey(bench.clock.now());
  await bench.addDevice('pump-1', [expired, rsa, key]);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(rsa)), undefined);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(key)), undefined);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(expired)), 'LOGIN_SIGNATURE_WRONG');
});

test('a key comes in until the millisecond it expires', async () => {
  await using bench = await LoginBench.open();
  const short = ecKey(bench.clock.now() + 5_000);
  await bench.addDevice('pump-1', [short]);
  bench.clock.advance(4_999);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(short)), undefined);
  bench.clock.advance(1);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(short)), 'LOGIN_CREDENTIALS_EXPIRED');
});

test('keys are rotated without a moment in which neither comes in', async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  const name = deviceName('pump-1');
  const comesIn = async (candidate: TestKey) =>
    (await bench.refusal(clientIdOf('pump-1'), bench.token(candidate))) === undefined;

  assert.deepEqual([await comesIn(key), await comesIn(otherKey)], [true, false]);
  await bench.devices.patch(name, { credentials: [key.credential, otherKey.credential] }, ADMIN);
  assert.deepEqual([await comesIn(key), await comesIn(otherKey)], [true, true]);
  await bench.devices.patch(name, { credentials: [otherKey.credential] }, ADMIN);
  assert.deepEqual([await comesIn(key), await comesIn(otherKey)], [false, true]);
});

test("the registry's own limit of a token's life is kept to", async () => {
  await using bench = await LoginBench.open();
  await bench.addDevice('pump-1', [key]);
  const policy = { maxTokenLifetimeMs: HOUR_S * 1000, maxSessionMs: DAY_S * 1000, strictStateRate: false };
  await bench.registries.patch(REGISTRY, { policy }, ADMIN);
  assert.equal(await bench.refusal(clientIdOf('pump-1'), bench.token(key, { exp: HOUR_S })), undefined);
  const tooLong = bench.token(key, { exp: HOUR_S + SKEW_S + 1 });
  assert.equal(await bench.refusal(clientIdOf('pump-1'), tooLong), 'JWT_LIFETIME_TOO_LONG');
});

// Milliseconds from now: which of the three ends comes first.
const ENDS = [
  { name: 'ten minutes after its token', expS: HOUR_S, keyMs: undefined, maxSessionS: DAY_S, code: 'TOKEN_EXPIRED' },
  { name: 'ten minutes after a token of 5 s', expS: 5, keyMs: undefined, maxSessionS: DAY_S, code: 'TOKEN_EXPIRED' },
  { name: 'with its key', expS: HOUR_S, keyMs: 1_500, maxSessionS: DAY_S, code: 'CREDENTIAL_EXPIRED' },
  { name: 'when its registry says', expS: HOUR_S, keyMs: undefined, maxSessionS: 60, code: 'SESSION_TOO_LONG' },
] as const;
for (const { name, expS, keyMs, maxSessionS, code } of ENDS) {
  test(`a session ends ${name}`, async () => {
    await using bench = await LoginBench.open();
    const nowMs = bench.clock.now();
    const endingKey = ecKey(keyMs === undefined ? undefined : nowMs + keyMs);
    await bench.addDevice('pump-1', [endingKey]);
    const policy = { maxTokenLifetimeMs: DAY_S * 1000, maxSessionMs: maxSessionS * 1000, strictStateRate: false };
    await bench.registries.patch(REGISTRY, { policy }, ADMIN);

    const verdict = await bench.connect(clientIdOf('pump-1'), bench.token(endingKey, { exp: expS }));
    assert.ok(verdict.accepted);
    const expected = { TOKEN_EXPIRED: (expS + SKEW_S) * 1000, CREDENTIAL_EXPIRED: keyMs, SESSION_TOO_LONG: 60_000 };
    assert.equal(verdict.endsAtMs - nowMs, expected[code]);
    assert.equal(verdict.endReason.code, code);
  });
}
