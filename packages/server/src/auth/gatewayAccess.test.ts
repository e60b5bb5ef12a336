import type { GatewayAuthMethod } from '@mkiot/core/api/resources';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayBindings } from '../registry/gatewayBindings.ts';
import type { DevicePrincipal, DeviceRecord } from '../registry/model.ts';
import { deviceName, PLACE, REGISTRY, registryBench } from '../registry/registry.testing.ts';
import { GatewayAccess } from './gatewayAccess.ts';

const PRINCIPAL = 'token:1 (tests)';

/** A gateway hub-1 of this method with pump-1 bound to it; pump-2 and the gateway hub-2 stand alone. */
async function bench(gatewayAuthMethod: GatewayAuthMethod = 'ASSOCIATION_ONLY') {
  const registry = await registryBench();
  const { devices } = registry;
  const bindings = new GatewayBindings(registry);
  const gateway = { gatewayType: 'GATEWAY', gatewayAuthMethod } as const;
  const hub = await devices.create(deviceName('hub-1'), gateway, PRINCIPAL);
  const pump = await devices.create(deviceName('pump-1'), {}, PRINCIPAL);
  await devices.create(deviceName('pump-2'), {}, PRINCIPAL);
  await devices.create(deviceName('hub-2'), gateway, PRINCIPAL);
  await bindings.bind(REGISTRY, { gatewayId: 'hub-1', deviceId: 'pump-1' }, PRINCIPAL);
  const access = new GatewayAccess(devices, bindings);
  return { ...registry, bindings, access, hub, pump, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
}

function loggedIn({ numId: key, id: deviceId, registry }: DeviceRecord): DevicePrincipal {
  return { key, deviceId, registry, credentialId: 7 };
}

const codeOf = (answer: DevicePrincipal | MkiotError): string =>
  answer instanceof MkiotError ? answer.code : `${answer.deviceId} through ${answer.gatewayId}`;

test('a gateway acts for a device that is bound to it, by its id or numeric id', async () => {
  await using it = await bench();
  const { numId: key, id: deviceId } = it.pump;
  for (const name of ['pump-1', String(key)]) {
    const answer = await it.access.actingFor(loggedIn(it.hub), name);
    assert.partialDeepStrictEqual(answer, { key, deviceId, credentialId: 7, gatewayId: 'hub-1' });
  }
});

for (const method of ['ASSOCIATION_ONLY', 'DEVICE_AUTH_TOKEN_ONLY', 'ASSOCIATION_AND_DEVICE_AUTH_TOKEN'] as const) {
  test(`a device with a token of its own goes through its gateway with ${method}`, async () => {
    await using it = await bench(method);
    const principal = loggedIn(it.pump);
    assert.deepEqual(await it.access.goingThrough(principal, 'hub-1'), { ...principal, gatewayId: 'hub-1' });
    assert.equal(codeOf(await it.access.goingThrough(principal, 'hub-2')), 'GATEWAY_NOT_BOUND');
  });
}

for (const method of ['DEVICE_AUTH_TOKEN_ONLY', 'ASSOCIATION_AND_DEVICE_AUTH_TOKEN'] as const) {
  test(`a gateway with ${method} does not act for a device without its token`, async () => {
    await using it = await bench(method);
    assert.equal(codeOf(await it.access.actingFor(loggedIn(it.hub), 'pump-1')), 'GATEWAY_DEVICE_TOKEN_NEEDED');
  });
}

test('through a gateway without a method nobody goes', async () => {
  await using it = await bench('GATEWAY_AUTH_METHOD_UNSPECIFIED');
  assert.equal(codeOf(await it.access.actingFor(loggedIn(it.hub), 'pump-1')), 'GATEWAY_METHOD_UNSPECIFIED');
  assert.equal(codeOf(await it.access.goingThrough(loggedIn(it.pump), 'hub-1')), 'GATEWAY_METHOD_UNSPECIFIED');
});

test('a device that is not bound, not there or of another registry is not acted for', async () => {
  await using it = await bench();
  await it.registries.create({ ...PLACE, registry: 'valves' }, {}, PRINCIPAL);
  const valve = await it.devices.create({ ...PLACE, registry: 'valves', device: 'valve-1' }, {}, PRINCIPAL);
  for (const [name, code] of [
    ['pump-2', 'GATEWAY_NOT_BOUND'],
    ['pump-3', 'GATEWAY_DEVICE_UNKNOWN'],
    ['valve-1', 'GATEWAY_DEVICE_UNKNOWN'],
    [String(valve.numId), 'GATEWAY_DEVICE_UNKNOWN'],
    ['hub-1', 'GATEWAY_NOT_BOUND'],
  ] as const) {
    assert.equal(codeOf(await it.access.actingFor(loggedIn(it.hub), name)), code);
  }
  assert.equal(codeOf(await it.access.goingThrough(loggedIn(valve), 'hub-1')), 'GATEWAY_UNKNOWN');
});

test('a device that is no gateway acts for nobody, and nobody goes through it', async () => {
  await using it = await bench();
  assert.equal(codeOf(await it.access.actingFor(loggedIn(it.pump), 'pump-2')), 'GATEWAY_NOT_ONE');
  assert.equal(codeOf(await it.access.goingThrough(loggedIn(it.pump), 'pump-2')), 'GATEWAY_NOT_ONE');
});

test('a gateway that is one no longer acts for nobody, though devices are bound to it', async () => {
  await using it = await bench();
  await it.devices.patch(deviceName('hub-1'), { gatewayType: 'NON_GATEWAY' }, PRINCIPAL);
  assert.equal(codeOf(await it.access.actingFor(loggedIn(it.hub), 'pump-1')), 'GATEWAY_NOT_ONE');
  assert.equal(codeOf(await it.access.goingThrough(loggedIn(it.pump), 'hub-1')), 'GATEWAY_NOT_ONE');
});

test('a blocked device is not acted for, and nobody goes through a blocked gateway', async () => {
  await using it = await bench();
  await it.devices.patch(deviceName('pump-1'), { blocked: true }, PRINCIPAL);
  assert.equal(codeOf(await it.access.actingFor(loggedIn(it.hub), 'pump-1')), 'GATEWAY_DEVICE_BLOCKED');
  await it.devices.patch(deviceName('pump-1'), { blocked: false }, PRINCIPAL);
  await it.devices.patch(deviceName('hub-1'), { blocked: true }, PRINCIPAL);
  assert.equal(codeOf(await it.access.goingThrough(loggedIn(it.pump), 'hub-1')), 'GATEWAY_BLOCKED');
});

test('an unbound device goes through its gateway no longer', async () => {
  await using it = await bench();
  await it.bindings.unbind(REGISTRY, { gatewayId: 'hub-1', deviceId: 'pump-1' }, PRINCIPAL);
  assert.equal(codeOf(await it.access.actingFor(loggedIn(it.hub), 'pump-1')), 'GATEWAY_NOT_BOUND');
});
