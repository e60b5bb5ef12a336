import { encodeNonce } from '@mkiot/core/deviceLogin/nonce';
import { readLoginProperties } from '@mkiot/core/deviceLogin/loginProperties';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceName, REGISTRY } from '../registry/registry.testing.ts';
import { ADMIN, clientIdOf, ecKey, LoginBench, rsaKey } from './deviceLogin.testing.ts';

const key = ecKey();
const PUMP = clientIdOf('pump-1');

async function nonceBench(...devices: readonly string[]): Promise<LoginBench> {
  const bench = await LoginBench.open();
  for (const device of ['pump-1', ...devices]) await bench.addDevice(device, [key]);
  return bench;
}

/** The challenge that a refused login brings. */
async function challengeOf(bench: LoginBench, clientId = PUMP): Promise<string> {
  const verdict = await bench.connect(clientId, undefined);
  assert.equal(verdict.accepted, false);
  return readLoginProperties(verdict.userProperties).nonce ?? '';
}

/** A ticket that the device has acknowledged. */
async function ticketOf(bench: LoginBench, device = 'pump-1'): Promise<string> {
  const { numId } = await bench.devices.get(deviceName(device));
  const ticket = await bench.nonces.tickets.next(numId);
  await bench.nonces.tickets.acknowledge(numId, ticket);
  return encodeNonce(ticket.bytes);
}

const WAYS = { challenge: challengeOf, ticket: (bench: LoginBench) => ticketOf(bench) };

for (const [way, nonceOf] of Object.entries(WAYS)) {
  for (const [clock, iatS] of [
    ['1970', 5],
    ['2038', 2 ** 31],
  ] as const) {
    test(`a device whose clock shows ${clock} logs in with a ${way}`, async () => {
      await using bench = await nonceBench();
      const iat = iatS - Math.floor(bench.clock.now() / 1000);
      assert.equal(await bench.refusal(PUMP, bench.token(key, { iat, nonce: await nonceOf(bench) })), undefined);
    });
  }

  test(`a ${way} does not help who has not the key, and is still good then for who has it`, async () => {
    await using bench = await nonceBench();
    const nonce = await nonceOf(bench);
    assert.equal(await bench.refusal(PUMP, bench.token(ecKey(), { nonce })), 'LOGIN_SIGNATURE_WRONG');
    assert.equal(await bench.refusal(PUMP, bench.token(key, { nonce, aud: 'other' })), 'JWT_WRONG_AUDIENCE');
    assert.equal(await bench.refusal(PUMP, bench.token(key, { nonce })), undefined);
  });

  test(`a ${way} of one device is nothing to another one with the same key`, async () => {
    await using bench = await nonceBench('pump-2');
    const token = bench.token(key, { nonce: await nonceOf(bench) });
    const code = way === 'ticket' ? 'TICKET_DEAD' : 'CHALLENGE_FOREIGN';
    assert.equal(await bench.refusal(clientIdOf('pump-2'), token), code);
  });

  test(`a blocked device does not get in with its ${way}`, async () => {
    await using bench = await nonceBench();
    const token = bench.token(key, { nonce: await nonceOf(bench) });
    await bench.devices.patch(deviceName('pump-1'), { blocked: true }, ADMIN);
    assert.equal(await bench.refusal(PUMP, token), 'LOGIN_DEVICE_BLOCKED');
  });

  test(`a session that was opened with a ${way} ends with its key or when the registry says, not with the token`, async () => {
    await using bench = await nonceBench();
    const login = await bench.connect(PUMP, bench.token(key, { exp: 1, nonce: await nonceOf(bench) }));
    assert.ok(login.accepted);
    assert.equal(login.endsAtMs, bench.clock.now() + 86_400_000);
    assert.equal(login.endReason.code, 'SESSION_TOO_LONG');
    const said = readLoginProperties(login.userProperties);
    assert.deepEqual([said.serverTimeMs, said.sessionEndsInMs], [bench.clock.now(), 86_400_000]);

    const expiresAtMs = bench.clock.now() + 3_000;
    await bench.devices.patch(deviceName('pump-1'), { credentials: [{ ...key.credential, expiresAtMs }] }, ADMIN);
    const second = await bench.connect(PUMP, bench.token(key, { nonce: await nonceOf(bench) }));
    assert.ok(second.accepted);
    assert.equal(second.endsAtMs, expiresAtMs);
  });

  test(`a registry that requires a nonce takes a ${way}, and no clock`, async () => {
    await using bench = await nonceBench();
    await bench.registries.patch(REGISTRY, { policy: { deviceLogin: 'NONCE_REQUIRED' } }, ADMIN);
    assert.equal(await bench.refusal(PUMP, bench.token(key)), 'NONCE_REQUIRED');
    assert.equal(await bench.refusal(PUMP, bench.token(key, { nonce: await nonceOf(bench) })), undefined);
  });

  test(`a registry that requires the exporter takes no token, with a ${way} or without`, async () => {
    await using bench = await nonceBench();
    await bench.registries.patch(REGISTRY, { policy: { deviceLogin: 'EXPORTER_REQUIRED' } }, ADMIN);
    for (const token of [bench.token(key), bench.token(key, { nonce: await nonceOf(bench) })]) {
      assert.equal(await bench.refusal(PUMP, token), 'EXPORTER_REQUIRED');
    }
  });
}

test('a device with an RSA key logs in without a clock as well', async () => {
  await using bench = await nonceBench();
  const rsa = rsaKey();
  await bench.addDevice('old-1', [rsa]);
  const clientId = clientIdOf('old-1');
  const nonce = await challengeOf(bench, clientId);
  assert.equal(await bench.refusal(clientId, bench.token(rsa, { nonce })), undefined);
});

test('a login with a challenge that is sent again is refused', async () => {
  await using bench = await nonceBench();
  const token = bench.token(key, { nonce: await challengeOf(bench) });
  assert.equal(await bench.refusal(PUMP, token), undefined);
  assert.equal(await bench.refusal(PUMP, token), 'CHALLENGE_USED');
});

test('of two devices with one key that bring the same challenge at once one gets in', async () => {
  await using bench = await nonceBench();
  const nonce = await challengeOf(bench);
  const refusals = await Promise.all([1, 2].map(() => bench.refusal(PUMP, bench.token(key, { nonce }))));
  assert.deepEqual(new Set(refusals), new Set(['CHALLENGE_USED', undefined]));
});

test('a challenge is worthless after a restart, a ticket is not', async () => {
  await using bench = await nonceBench();
  const [challenge, ticket] = [await challengeOf(bench), await ticketOf(bench)];
  bench.restart();
  assert.equal(await bench.refusal(PUMP, bench.token(key, { nonce: challenge })), 'CHALLENGE_FOREIGN');
  assert.equal(await bench.refusal(PUMP, bench.token(key, { nonce: ticket })), undefined);
});

test('a login with a ticket that is sent again is refused once its successor has been acknowledged or used', async () => {
  for (const how of ['acknowledged', 'used'] as const) {
    await using bench = await nonceBench();
    const captured = bench.token(key, { nonce: await ticketOf(bench) });
    assert.equal(await bench.refusal(PUMP, captured), undefined);
    assert.equal(await bench.refusal(PUMP, captured), undefined, 'its CONNACK may have been lost');
    const { numId } = await bench.devices.get(deviceName('pump-1'));
    const next = await bench.nonces.tickets.next(numId);
    if (how === 'acknowledged') await bench.nonces.tickets.acknowledge(numId, next);
    else assert.equal(await bench.refusal(PUMP, bench.token(key, { nonce: encodeNonce(next.bytes) })), undefined);
    assert.equal(await bench.refusal(PUMP, captured), 'TICKET_DEAD');
  }
});

test('what was captured at one installation is worthless at another, also if it has the same project and devices', async () => {
  await using bench = await nonceBench();
  const tokens = [await challengeOf(bench), await ticketOf(bench)].map((nonce) => bench.token(key, { nonce }));
  bench.restart({ ticketKey: new Uint8Array(32).fill(2) });
  const refusals = await Promise.all(tokens.map((token) => bench.refusal(PUMP, token)));
  assert.deepEqual(refusals, ['CHALLENGE_FOREIGN', 'TICKET_DEAD']);
});

test('over HTTP a challenge is good for one call, and a ticket for none', async () => {
  await using bench = await nonceBench();
  const token = bench.token(key, { nonce: await challengeOf(bench) });
  assert.equal(await bench.refusal(PUMP, token, 'HTTP'), undefined);
  assert.equal(await bench.refusal(PUMP, token, 'HTTP'), 'CHALLENGE_USED');
  const ticket = bench.token(key, { nonce: await ticketOf(bench) });
  assert.equal(await bench.refusal(PUMP, ticket, 'HTTP'), 'TICKET_OVER_HTTP');
});

test('every refusal brings a challenge, so that it says nothing of the reason', async () => {
  await using bench = await nonceBench('pump-2');
  await bench.devices.patch(deviceName('pump-2'), { blocked: true }, ADMIN);
  for (const clientId of [PUMP, clientIdOf('pump-2'), clientIdOf('nobody'), 'garbage']) {
    assert.equal((await challengeOf(bench, clientId)).length, 43, clientId);
  }
});

test('a flood of requests for challenges makes nobody’s challenge worthless', async () => {
  await using bench = await nonceBench();
  const before = await challengeOf(bench);
  for (let asked = 0; asked < 1_000; asked++) await challengeOf(bench, clientIdOf(`invented-${asked}`));
  assert.equal(await bench.refusal(PUMP, bench.token(key, { nonce: before })), undefined);
});
