import type { GatewayAuthMethod } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoginVerdict, Session } from '../bridge/hooks.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { deviceName, PLACE, REGISTRY } from '../registry/registry.testing.ts';
import { ADMIN, clientIdOf, ecKey, LoginBench } from './deviceLogin.testing.ts';

const hubKey = ecKey();
const pumpKey = ecKey();
const otherKey = ecKey();

/** The gateway hub-1, with pump-1 bound to it, and pump-2 not. */
async function bench(gatewayAuthMethod: GatewayAuthMethod) {
  const login = await LoginBench.open();
  const { devices, bindings } = login;
  const gateway = { gatewayType: 'GATEWAY', gatewayAuthMethod, credentials: [hubKey.credential] } as const;
  await devices.create(deviceName('hub-1'), gateway, ADMIN);
  await devices.create(deviceName('hub-2'), { gatewayType: 'GATEWAY', credentials: [pumpKey.credential] }, ADMIN);
  const pumpNumId = await login.addDevice('pump-1', [pumpKey]);
  await login.addDevice('pump-2', [pumpKey]);
  await bindings.bind(REGISTRY, { gatewayId: 'hub-1', deviceId: 'pump-1' }, ADMIN);
  const verdict = await login.connect(clientIdOf('hub-1'), login.token(hubKey));
  assert.ok(verdict.accepted);
  const { principal } = verdict;
  const session = { principal, remoteAddress: '192.0.2.7' } as Session<DevicePrincipal>;
  const attach = (deviceId: string, payload: string): Promise<LoginVerdict<DevicePrincipal>> =>
    login.opened.attachment.attach(session, deviceId, Buffer.from(payload));
  const refusal = async (deviceId: string, payload: string): Promise<string | undefined> => {
    const answer = await attach(deviceId, payload);
    return answer.accepted ? undefined : answer.reason.slice(0, answer.reason.indexOf(':'));
  };
  return {
    login,
    hub: principal,
    pumpNumId,
    attach,
    refusal,
    [Symbol.asyncDispose]: () => login[Symbol.asyncDispose](),
  };
}

const json = (authorization: string): string => JSON.stringify({ authorization });
const asSample = (token: string): string => `{ 'authorization' : ${token} }`;

test('who has logged in as a gateway is one, and no other device', async () => {
  await using it = await bench('ASSOCIATION_ONLY');
  const { attachment } = it.login.opened;
  assert.equal(attachment.isGateway(it.hub), true);
  const pump = await it.login.connect(clientIdOf('pump-1'), it.login.token(pumpKey));
  assert.ok(pump.accepted);
  assert.equal(attachment.isGateway(pump.principal), false);
});

for (const payload of ['', '{}', '{"authorization" : ""}', json('no.real.token')]) {
  test(`ASSOCIATION_ONLY: a bound device is attached with ${payload || 'nothing'}, for as long as its gateway is there`, async () => {
    await using it = await bench('ASSOCIATION_ONLY');
    const answer = await it.attach('pump-1', payload);
    assert.ok(answer.accepted);
    const { key, deviceId, gatewayId, credentialId, isActedFor, isGateway } = answer.principal;
    assert.deepEqual([key, deviceId, gatewayId, isActedFor], [it.pumpNumId, 'pump-1', 'hub-1', true]);
    assert.deepEqual([credentialId, isGateway], [it.hub.credentialId, undefined]);
    assert.equal(answer.endsAtMs, Number.POSITIVE_INFINITY);
  });
}

for (const method of ['DEVICE_AUTH_TOKEN_ONLY', 'ASSOCIATION_AND_DEVICE_AUTH_TOKEN'] as const) {
  for (const payloadOf of [json, asSample]) {
    test(`${method}: a device is attached with its token in ${payloadOf('…')}, until the token ends`, async () => {
      await using it = await bench(method);
      const answer = await it.attach('pump-1', payloadOf(it.login.token(pumpKey, { exp: 600 })));
      assert.ok(answer.accepted);
      assert.deepEqual([answer.principal.key, answer.principal.gatewayId], [it.pumpNumId, 'hub-1']);
      assert.equal(answer.principal.isActedFor, undefined);
      assert.equal(answer.endsAtMs, it.login.clock.now() + 1_200_000);
      assert.equal(answer.endReason.code, 'TOKEN_EXPIRED');
    });
  }

  test(`${method}: without a good token of the device it is not attached`, async () => {
    await using it = await bench(method);
    const { login } = it;
    for (const [payload, code] of [
      ['{}', 'GATEWAY_DEVICE_TOKEN_MISSING'],
      ['{"authorization" : ""}', 'GATEWAY_DEVICE_TOKEN_MISSING'],
      [json('a.b.c'), 'JWT_NOT_BASE64'],
      [json(login.token(hubKey)), 'LOGIN_SIGNATURE_WRONG'],
      [json(login.token(otherKey)), 'LOGIN_SIGNATURE_WRONG'],
      [json(login.token(pumpKey, { aud: 'another' })), 'JWT_WRONG_AUDIENCE'],
      [json(login.token(pumpKey, { iat: -7_200, exp: -1_800 })), 'JWT_EXPIRED'],
    ] as const) {
      assert.equal(await it.refusal('pump-1', payload), code, payload);
    }
  });
}

test('the methods ask for a binding or not', async () => {
  for (const [method, code] of [
    ['ASSOCIATION_ONLY', 'GATEWAY_NOT_BOUND'],
    ['DEVICE_AUTH_TOKEN_ONLY', undefined],
    ['ASSOCIATION_AND_DEVICE_AUTH_TOKEN', 'GATEWAY_NOT_BOUND'],
    ['GATEWAY_AUTH_METHOD_UNSPECIFIED', 'GATEWAY_METHOD_UNSPECIFIED'],
  ] as const) {
    await using it = await bench(method);
    assert.equal(await it.refusal('pump-2', json(it.login.token(pumpKey))), code, method);
  }
});

test('a gateway attaches no gateway, not even itself, and nobody under a numeric id or of another registry', async () => {
  await using it = await bench('DEVICE_AUTH_TOKEN_ONLY');
  const { login } = it;
  await login.registries.create({ ...PLACE, registry: 'valves' }, {}, ADMIN);
  await login.addDevice('valve-1', [pumpKey], 'valves');
  const token = json(login.token(pumpKey));
  assert.equal(await it.refusal('hub-1', json(login.token(hubKey))), 'GATEWAY_NOT_ATTACHABLE');
  assert.equal(await it.refusal('hub-2', token), 'GATEWAY_NOT_ATTACHABLE');
  assert.equal(await it.refusal(String(it.pumpNumId), token), 'GATEWAY_DEVICE_UNKNOWN');
  assert.equal(await it.refusal('pump-3', token), 'GATEWAY_DEVICE_UNKNOWN');
  assert.equal(await it.refusal('valve-1', token), 'GATEWAY_DEVICE_UNKNOWN');
  assert.equal(await it.refusal('a b%2Fc', token), 'GATEWAY_DEVICE_UNKNOWN');
});

for (const method of ['ASSOCIATION_ONLY', 'DEVICE_AUTH_TOKEN_ONLY'] as const) {
  test(`${method}: a blocked device is not attached, nor is one of a registry without MQTT`, async () => {
    await using it = await bench(method);
    const payload = json(it.login.token(pumpKey));
    await it.login.devices.patch(deviceName('pump-1'), { blocked: true }, ADMIN);
    assert.equal(await it.refusal('pump-1', payload), 'LOGIN_DEVICE_BLOCKED');
    await it.login.devices.patch(deviceName('pump-1'), { blocked: false }, ADMIN);
    assert.equal(await it.refusal('pump-1', payload), undefined);
    await it.login.registries.patch(REGISTRY, { mqttState: 'MQTT_DISABLED' }, ADMIN);
    assert.equal(await it.refusal('pump-1', payload), 'LOGIN_MQTT_DISABLED');
  });
}

test('a gateway that is none any more attaches nobody', async () => {
  await using it = await bench('ASSOCIATION_ONLY');
  await it.login.devices.patch(deviceName('hub-1'), { gatewayType: 'NON_GATEWAY' }, ADMIN);
  assert.equal(await it.refusal('pump-1', '{}'), 'GATEWAY_NOT_ONE');
});

test('the operator learns why an attachment was refused, and no token is written anywhere', async () => {
  await using it = await bench('DEVICE_AUTH_TOKEN_ONLY');
  const token = it.login.token(otherKey);
  await it.attach('pump-1', json(token));
  const logged = JSON.stringify(it.login.logged);
  assert.match(logged, /LOGIN_SIGNATURE_WRONG/);
  assert.ok(!logged.includes(token.slice(-20)));
  const activity = await it.login.activities.read([it.pumpNumId]);
  assert.match(activity.get(it.pumpNumId)?.error?.status.message ?? '', /./);
});
