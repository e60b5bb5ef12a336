import type { GatewayAuthMethod } from '@mkiot/core/api/resources';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { Session } from '../bridge/hooks.ts';
import { GatewayBindings } from '../registry/gatewayBindings.ts';
import type { DevicePrincipal, DeviceRecord } from '../registry/model.ts';
import { deviceName, REGISTRY, registryBench } from '../registry/registry.testing.ts';
import { AttachmentGuard } from './attachmentGuard.ts';
import { GatewayAccess } from './gatewayAccess.ts';

const ADMIN = 'token:1 (tests)';
const HUB = deviceName('hub-1');

/** The gateway hub-1 with sessions of pump-1, which has shown its token, and of pump-2, for which the gateway acts. */
async function bench(gatewayAuthMethod: GatewayAuthMethod, hearsChanges = true) {
  const registry = await registryBench();
  const { devices } = registry;
  const bindings = new GatewayBindings(registry);
  const access = new GatewayAccess(devices, bindings);
  const open = new Map<number, Session<DevicePrincipal>>();
  const ended: string[] = [];
  const link = { session: (key: number) => open.get(key), sessions: () => open.values() };
  const guard = new AttachmentGuard(access, link, pino({ level: 'silent' }));
  const { promise: firstEnd, resolve } = Promise.withResolvers<void>();
  const openSession = (device: DeviceRecord, more: Partial<DevicePrincipal> = {}): Session<DevicePrincipal> => {
    const { numId: key, id: deviceId, registry: ofDevice } = device;
    const session = {
      principal: { key, deviceId, registry: ofDevice, credentialId: 7, ...more },
      close: ({ code }) => {
        if (!open.delete(key)) return;
        ended.push(`${deviceId} ${code}`);
        resolve();
      },
    } as Session<DevicePrincipal>;
    open.set(key, session);
    return session;
  };
  const hub = await devices.create(HUB, { gatewayType: 'GATEWAY', gatewayAuthMethod }, ADMIN);
  const pump = await devices.create(deviceName('pump-1'), {}, ADMIN);
  const helped = await devices.create(deviceName('pump-2'), {}, ADMIN);
  const free = await devices.create(deviceName('pump-3'), {}, ADMIN);
  for (const deviceId of ['pump-1', 'pump-2']) await bindings.bind(REGISTRY, { gatewayId: 'hub-1', deviceId }, ADMIN);
  openSession(hub, { isGateway: true });
  openSession(free);
  const ofPump = openSession(pump, { gatewayId: 'hub-1' });
  const ofHelped = openSession(helped, { gatewayId: 'hub-1', isActedFor: true });
  if (hearsChanges) {
    bindings.unbound.listen((binding) => guard.unbound(binding));
    devices.changes.listen((change) => guard.deviceChanged(change));
  }
  /** Resolves when all that is under way has been judged. */
  const judged = async (): Promise<readonly string[]> => {
    for (const session of open.values()) await guard.opened(session);
    return ended;
  };
  return {
    ...registry,
    bindings,
    guard,
    ended,
    firstEnd,
    judged,
    ofPump,
    ofHelped,
    [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose](),
  };
}

test('a device that is unbound is detached', async () => {
  for (const method of ['ASSOCIATION_ONLY', 'ASSOCIATION_AND_DEVICE_AUTH_TOKEN'] as const) {
    await using it = await bench(method);
    await it.bindings.unbind(REGISTRY, { gatewayId: 'hub-1', deviceId: 'pump-1' }, ADMIN);
    await it.firstEnd;
    assert.deepEqual(it.ended, ['pump-1 GATEWAY_NOT_BOUND']);
  }
});

test('a device that needs no binding stays when it is unbound', async () => {
  await using it = await bench('DEVICE_AUTH_TOKEN_ONLY');
  await it.bindings.unbind(REGISTRY, { gatewayId: 'hub-1', deviceId: 'pump-1' }, ADMIN);
  await it.guard.opened(it.ofPump);
  assert.deepEqual(it.ended, []);
});

test('a gateway that gets a method with tokens loses those who have shown none', async () => {
  await using it = await bench('ASSOCIATION_ONLY');
  const change = { gatewayAuthMethod: 'ASSOCIATION_AND_DEVICE_AUTH_TOKEN' } as const;
  await it.devices.patch(HUB, change, ADMIN);
  await it.firstEnd;
  assert.deepEqual(await it.judged(), ['pump-2 GATEWAY_DEVICE_TOKEN_NEEDED']);
});

for (const [change, code] of [
  [{ gatewayAuthMethod: 'GATEWAY_AUTH_METHOD_UNSPECIFIED' }, 'GATEWAY_METHOD_UNSPECIFIED'],
  [{ gatewayType: 'NON_GATEWAY' }, 'GATEWAY_NOT_ONE'],
] as const) {
  test(`${code}: a gateway that is none any more loses all its devices, and nobody else`, async () => {
    await using it = await bench('ASSOCIATION_ONLY');
    await it.devices.patch(HUB, change, ADMIN);
    await it.firstEnd;
    assert.deepEqual((await it.judged()).toSorted(), [`pump-1 ${code}`, `pump-2 ${code}`]);
  });
}

test('an attached device that becomes a gateway is detached', async () => {
  await using it = await bench('ASSOCIATION_ONLY');
  await it.devices.patch(deviceName('pump-2'), { gatewayType: 'GATEWAY' }, ADMIN);
  await it.firstEnd;
  assert.deepEqual(await it.judged(), ['pump-2 GATEWAY_NOT_ATTACHABLE']);
});

test('what was changed while an attachment was being decided ends it when it opens', async () => {
  await using it = await bench('ASSOCIATION_ONLY', false);
  await it.guard.opened(it.ofHelped);
  assert.deepEqual(it.ended, []);
  await it.bindings.unbind(REGISTRY, { gatewayId: 'hub-1', deviceId: 'pump-2' }, ADMIN);
  await it.guard.opened(it.ofHelped);
  assert.deepEqual(it.ended, ['pump-2 GATEWAY_NOT_BOUND']);
});

test('an attachment that cannot be judged ends', async () => {
  await using it = await bench('ASSOCIATION_ONLY');
  const access = { detaching: () => Promise.reject(new Error('no database')) };
  const link = { session: () => undefined, sessions: () => [] };
  await new AttachmentGuard(access, link, pino({ level: 'silent' })).opened(it.ofPump);
  assert.deepEqual(it.ended, ['pump-1 DEVICE_UNREADABLE']);
});
