import { AUTHENTICATION_METHOD, encodeChallengeResponse } from '@mkiot/core/deviceLogin/challengeResponse';
import { encodeSignedBytes, type SignedFields } from '@mkiot/core/deviceLogin/signedBytes';
import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AuthenticationExchange, LoginVerdict, Session, TlsExporter } from '../bridge/hooks.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { deviceName, REGISTRY } from '../registry/registry.testing.ts';
import { ADMIN, BRIDGE_ID, clientIdOf, ecKey, LoginBench, rsaKey, type TestKey } from './deviceLogin.testing.ts';

const key = ecKey();
const PUMP = clientIdOf('pump-1');

/** The keying material of one TLS connection. */
function connection(fill: number): TlsExporter {
  return (label, bytes) => {
    assert.equal(label, 'EXPORTER-Channel-Binding');
    return new Uint8Array(bytes).fill(fill);
  };
}

interface Attempt {
  readonly clientId?: string;
  readonly tlsExporter?: TlsExporter;
  readonly session?: Session<DevicePrincipal>;
}

type Exchange = AuthenticationExchange<DevicePrincipal>;

async function begin(bench: LoginBench, attempt: Attempt = {}): Promise<{ exchange: Exchange; challenge: Uint8Array }> {
  const { clientId = PUMP, tlsExporter, session } = attempt;
  const method = bench.opened.authenticationMethods.find(({ name }) => name === AUTHENTICATION_METHOD);
  const unused = { userName: undefined, password: undefined };
  const exchange = method!.begin({ clientId, remoteAddress: '192.0.2.7', tlsExporter, ...unused }, session);
  const asked = await exchange.next(undefined);
  assert.ok('data' in asked);
  return { exchange, challenge: asked.data };
}

function answer(by: TestKey, challenge: Uint8Array, changes: Partial<SignedFields> = {}): Uint8Array {
  const fields = { purpose: 'LOGIN', challenge, clientId: PUMP, bridgeId: BRIDGE_ID, ...changes } as const;
  const signature = sign('sha256', encodeSignedBytes(fields), { key: by.privateKey, dsaEncoding: 'ieee-p1363' });
  return encodeChallengeResponse({ bound: fields.exporter !== undefined, signature });
}

/** Why an answer is refused; `undefined` when it is not. */
async function refusalOf({ exchange }: { exchange: Exchange }, data: Uint8Array): Promise<string | undefined> {
  const verdict = (await exchange.next(data)) as LoginVerdict<DevicePrincipal>;
  return verdict.accepted ? undefined : verdict.reason.slice(0, verdict.reason.indexOf(':'));
}

async function pumpBench(keys: readonly TestKey[] = [key]): Promise<LoginBench> {
  const bench = await LoginBench.open();
  await bench.addDevice('pump-1', keys);
  return bench;
}

test('a device that signs the challenge with its key is logged in, whatever its clock shows', async () => {
  await using bench = await pumpBench();
  const { exchange, challenge } = await begin(bench);
  const verdict = (await exchange.next(answer(key, challenge))) as LoginVerdict<DevicePrincipal>;
  assert.ok(verdict.accepted);
  assert.equal(verdict.principal.deviceId, 'pump-1');
  assert.equal(verdict.endsAtMs, bench.clock.now() + 86_400_000);
});

const FOREIGN = new Uint8Array(32).fill(0xee);
const CHANGED: Readonly<Record<string, Partial<SignedFields>>> = {
  'another challenge': { challenge: FOREIGN },
  'another client id': { clientId: clientIdOf('pump-2') },
  'another installation': { bridgeId: FOREIGN },
  'a renewal': { purpose: 'RENEWAL' },
  'a station proof': { purpose: 'STATION_PROOF' },
  'a download proof': { purpose: 'DOWNLOAD_PROOF' },
};
for (const [what, changes] of Object.entries(CHANGED)) {
  test(`a signature for ${what} is none for this login`, async () => {
    await using bench = await pumpBench();
    const begun = await begin(bench);
    assert.equal(await refusalOf(begun, answer(key, begun.challenge, changes)), 'LOGIN_SIGNATURE_WRONG');
  });
}

for (const [what, by] of [
  ['another key', ecKey()],
  ['the key of another device', ecKey()],
] as const) {
  test(`a signature with ${what} is refused`, async () => {
    await using bench = await pumpBench();
    await bench.addDevice('pump-2', [by]);
    const begun = await begin(bench);
    assert.equal(await refusalOf(begun, answer(by, begun.challenge)), 'LOGIN_SIGNATURE_WRONG');
  });
}

test('an answer to an earlier challenge is none to this one, and an answer is taken once', async () => {
  await using bench = await pumpBench();
  const first = await begin(bench);
  const captured = answer(key, first.challenge);
  assert.equal(await refusalOf(first, captured), undefined);
  assert.equal(await refusalOf(first, captured), 'CHALLENGE_USED');
  assert.equal(await refusalOf(await begin(bench), captured), 'LOGIN_SIGNATURE_WRONG');
});

test('an exchange that was captured is worthless after a restart', async () => {
  await using bench = await pumpBench();
  const { challenge } = await begin(bench);
  bench.restart();
  assert.equal(await refusalOf(await begin(bench), answer(key, challenge)), 'LOGIN_SIGNATURE_WRONG');
});

test('a challenge that was answered here cannot be put into a token, nor the other way round', async () => {
  await using bench = await pumpBench();
  const begun = await begin(bench);
  const nonce = Buffer.from(begun.challenge).toString('base64url');
  assert.equal(await bench.refusal(PUMP, bench.token(key, { nonce })), undefined);
  assert.equal(await refusalOf(begun, answer(key, begun.challenge)), 'CHALLENGE_USED');
});

test('an answer that takes longer than the life of the challenge is refused', async () => {
  await using bench = await pumpBench();
  const begun = await begin(bench);
  bench.clock.advance(60_000);
  assert.equal(await refusalOf(begun, answer(key, begun.challenge)), 'CHALLENGE_EXPIRED');
});

test('an answer that is bound to its TLS connection is refused on any other', async () => {
  await using bench = await pumpBench();
  const ours = { tlsExporter: connection(1) };
  const exporter = connection(1)('EXPORTER-Channel-Binding', 32);
  const good = await begin(bench, ours);
  assert.equal(await refusalOf(good, answer(key, good.challenge, { exporter })), undefined);
  const relayed = await begin(bench, { tlsExporter: connection(2) });
  assert.equal(await refusalOf(relayed, answer(key, relayed.challenge, { exporter })), 'LOGIN_SIGNATURE_WRONG');
  const overTls12 = await begin(bench);
  assert.equal(await refusalOf(overTls12, answer(key, overTls12.challenge, { exporter })), 'EXPORTER_MISSING');
});

test('a binding cannot be stripped', async () => {
  await using bench = await pumpBench();
  const begun = await begin(bench, { tlsExporter: connection(1) });
  const exporter = connection(1)('EXPORTER-Channel-Binding', 32);
  const stripped = answer(key, begun.challenge, { exporter });
  stripped[0] = 0;
  assert.equal(await refusalOf(begun, stripped), 'LOGIN_SIGNATURE_WRONG');
});

test('a registry that requires the exporter takes bound answers only', async () => {
  await using bench = await pumpBench();
  await bench.registries.patch(REGISTRY, { policy: { deviceLogin: 'EXPORTER_REQUIRED' } }, ADMIN);
  const ours = { tlsExporter: connection(1) };
  const unbound = await begin(bench, ours);
  assert.equal(await refusalOf(unbound, answer(key, unbound.challenge)), 'EXPORTER_REQUIRED');
  const bound = await begin(bench, ours);
  const exporter = connection(1)('EXPORTER-Channel-Binding', 32);
  assert.equal(await refusalOf(bound, answer(key, bound.challenge, { exporter })), undefined);
});

test('who is blocked, unknown, has no live key or none for ES256 is refused, with the true reason in the log', async () => {
  await using bench = await pumpBench([rsaKey()]);
  await bench.addDevice('blocked-1', [key]);
  await bench.devices.patch(deviceName('blocked-1'), { blocked: true }, ADMIN);
  await bench.addDevice('late-1', [ecKey(bench.clock.now() + 1)]);
  bench.clock.advance(1);
  for (const [device, code] of [
    ['pump-1', 'LOGIN_ALGORITHM_MISMATCH'],
    ['blocked-1', 'LOGIN_DEVICE_BLOCKED'],
    ['late-1', 'LOGIN_CREDENTIALS_EXPIRED'],
    ['nobody', 'LOGIN_DEVICE_UNKNOWN'],
  ] as const) {
    const begun = await begin(bench, { clientId: clientIdOf(device) });
    assert.equal(await refusalOf(begun, answer(key, begun.challenge, { clientId: clientIdOf(device) })), code);
    assert.equal(bench.logged.at(-1)?.['code'], code);
  }
});

test('any bytes as an answer are refused, and none throws', async () => {
  await using bench = await pumpBench();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 130 }), fc.boolean(), async (bytes, isLong) => {
      const data = isLong ? Uint8Array.from({ length: 65 }, (_, index) => bytes[index] ?? 0) : bytes;
      assert.match(
        String(await refusalOf(await begin(bench), data)),
        /^(CHALLENGE_RESPONSE_MALFORMED|LOGIN_SIGNATURE_WRONG|EXPORTER_MISSING)$/,
      );
    }),
    { numRuns: 50 },
  );
});

test('a renewal is signed as one, by the device whose session it is', async () => {
  await using bench = await pumpBench();
  const login = await bench.connect(PUMP, bench.token(key));
  assert.ok(login.accepted);
  const session = { principal: login.principal } as Session<DevicePrincipal>;
  const asLogin = await begin(bench, { session });
  assert.equal(await refusalOf(asLogin, answer(key, asLogin.challenge)), 'LOGIN_SIGNATURE_WRONG');
  const right = await begin(bench, { session });
  assert.equal(await refusalOf(right, answer(key, right.challenge, { purpose: 'RENEWAL' })), undefined);

  await bench.devices.delete(deviceName('pump-1'), ADMIN);
  await bench.addDevice('pump-1', [key]);
  const recreated = await begin(bench, { session });
  const signed = answer(key, recreated.challenge, { purpose: 'RENEWAL' });
  assert.equal(await refusalOf(recreated, signed), 'RENEWAL_OF_ANOTHER_DEVICE');
});
