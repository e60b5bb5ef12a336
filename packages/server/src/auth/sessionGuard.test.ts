import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceLink, Session } from '../bridge/hooks.ts';
import type { KeptSession, KeptSessionLink } from '../bridge/keptSessionLink.ts';
import type { DevicePrincipal } from '../registry/model.ts';
import { deviceName, PLACE, REGISTRY } from '../registry/registry.testing.ts';
import { ADMIN, clientIdOf, ecKey, LoginBench, type TestKey } from './deviceLogin.testing.ts';
import { SessionGuard } from './sessionGuard.ts';

const NAME = deviceName('pump-1');
const key = ecKey();
const otherKey = ecKey();

/** Sessions that are open, and why others ended; a guard that hears of every change of the registry. */
class GuardBench {
  readonly open = new Map<number, Session<DevicePrincipal>>();
  readonly ended: string[] = [];
  readonly guard: SessionGuard;
  /** The keys of the kept sessions, by device. */
  readonly kept = new Map<number, number>();
  readonly link: DeviceLink<DevicePrincipal> & KeptSessionLink = {
    session: (numId) => this.open.get(numId),
    sessions: () => this.open.values(),
    keptSession: (numId) => this.#keptSession(numId),
    endKeptSession: (numId) => void this.kept.delete(numId),
  };
  readonly #login: LoginBench;

  constructor(login: LoginBench) {
    this.#login = login;
    this.guard = new SessionGuard(login.devices, this.link, login.clock, login.logger);
    login.devices.changes.listen((change) => this.guard.deviceChanged(change));
    login.registries.changes.listen((change) => this.guard.registryChanged(change));
  }

  async logIn(device: string, loginKey: TestKey): Promise<Session<DevicePrincipal>> {
    const verdict = await this.#login.connect(clientIdOf(device), this.#login.token(loginKey));
    assert.ok(verdict.accepted);
    return this.openSession(verdict.principal);
  }

  #keptSession(numId: number): KeptSession | undefined {
    const credentialId = this.kept.get(numId);
    return credentialId === undefined ? undefined : ({ credentialId } as KeptSession);
  }

  openSession(principal: DevicePrincipal): Session<DevicePrincipal> {
    const session: Session<DevicePrincipal> = {
      principal,
      clientId: clientIdOf(principal.deviceId),
      endsAtMs: Number.POSITIVE_INFINITY,
      epoch: 1,
      remoteAddress: '192.0.2.7',
      openedAtMs: this.#login.clock.now(),
      protocolLevel: 4,
      keepAliveSeconds: 60,
      lastHeardAtMs: this.#login.clock.now(),
      expectedByMs: this.#login.clock.now() + 90_000,
      subscriptionQos: () => undefined,
      deliver: (_kind, _subfolder, _payload, done) => done(false),
      renew: () => assert.fail('nothing is renewed'),
      close: ({ code }) => {
        if (this.open.get(principal.key) !== session) return;
        this.open.delete(principal.key);
        this.ended.push(`${principal.deviceId} ${code}`);
      },
    };
    this.open.set(principal.key, session);
    return session;
  }
}

const CUTS: Readonly<Record<string, readonly [string, (bench: LoginBench) => Promise<unknown>]>> = {
  blocking: ['DEVICE_BLOCKED', (bench) => bench.devices.patch(NAME, { blocked: true }, ADMIN)],
  deleting: ['DEVICE_DELETED', (bench) => bench.devices.delete(NAME, ADMIN)],
  'removing its key': [
    'CREDENTIAL_REMOVED',
    (bench) => bench.devices.patch(NAME, { credentials: [otherKey.credential] }, ADMIN),
  ],
  'expiring its key': [
    'CREDENTIAL_EXPIRED',
    (bench) => {
      const credentials = [{ ...key.credential, expiresAtMs: bench.clock.now() }];
      return bench.devices.patch(NAME, { credentials }, ADMIN);
    },
  ],
  'disabling MQTT in its registry': [
    'MQTT_DISABLED',
    (bench) => bench.registries.patch(REGISTRY, { mqttState: 'MQTT_DISABLED' }, ADMIN),
  ],
};

for (const [name, [code, change]] of Object.entries(CUTS)) {
  test(`${name} cuts a device's session as ${code}, and no other registry's`, async () => {
    await using bench = await LoginBench.open();
    const guarded = new GuardBench(bench);
    await bench.registries.create({ ...PLACE, registry: 'second' }, {}, ADMIN);
    await bench.addDevice('pump-1', [key]);
    await bench.addDevice('pump-2', [key], 'second');
    await guarded.logIn('pump-1', key);
    const other = await bench.connect(clientIdOf('pump-2', 'second'), bench.token(key));
    assert.ok(other.accepted);
    guarded.openSession(other.principal);

    await change(bench);
    assert.deepEqual(guarded.ended, [`pump-1 ${code}`]);
  });

  test(`${name} between the look at the registry and the opening of the session cuts it too`, async () => {
    await using bench = await LoginBench.open();
    const guarded = new GuardBench(bench);
    await bench.addDevice('pump-1', [key]);
    const verdict = await bench.connect(clientIdOf('pump-1'), bench.token(key));
    assert.ok(verdict.accepted);
    await change(bench);
    await guarded.guard.opened(guarded.openSession(verdict.principal));
    assert.deepEqual(guarded.ended, [`pump-1 ${code}`]);
  });
}

for (const name of ['blocking', 'deleting', 'removing its key', 'disabling MQTT in its registry'] as const) {
  test(`${name} leaves nobody to speak for a device that is away`, async () => {
    await using bench = await LoginBench.open();
    const { guard } = new GuardBench(bench);
    await bench.addDevice('pump-1', [key]);
    const verdict = await bench.connect(clientIdOf('pump-1'), bench.token(key));
    assert.ok(verdict.accepted);
    assert.deepEqual(await guard.principalOf(verdict.principal), verdict.principal);
    await CUTS[name]?.[1](bench);
    assert.equal(await guard.principalOf(verdict.principal), undefined);
  });
}

test('a change while a renewal is being decided cuts the session that it renewed', async () => {
  await using bench = await LoginBench.open();
  const guarded = new GuardBench(bench);
  await bench.addDevice('pump-1', [key, otherKey]);
  await guarded.logIn('pump-1', key);
  const renewal = await bench.connect(clientIdOf('pump-1'), bench.token(otherKey));
  assert.ok(renewal.accepted);
  await bench.devices.patch(NAME, { credentials: [key.credential] }, ADMIN);
  assert.deepEqual(guarded.ended, [], 'the session still hangs on the key that is left');
  await guarded.guard.renewed(guarded.openSession(renewal.principal));
  assert.deepEqual(guarded.ended, ['pump-1 CREDENTIAL_REMOVED']);
});

for (const [name, isEnded] of [
  ['blocking', true],
  ['deleting', true],
  ['removing its key', true],
  ['expiring its key', false],
  ['disabling MQTT in its registry', false],
] as const) {
  test(`${name} ${isEnded ? 'ends' : 'leaves'} the kept session of a device that is away`, async () => {
    await using bench = await LoginBench.open();
    const guarded = new GuardBench(bench);
    await bench.addDevice('pump-1', [key]);
    const verdict = await bench.connect(clientIdOf('pump-1'), bench.token(key));
    assert.ok(verdict.accepted);
    guarded.kept.set(verdict.principal.key, verdict.principal.credentialId);
    await CUTS[name]![1](bench);
    assert.equal(guarded.kept.size, isEnded ? 0 : 1);
  });
}

test('what does not concern the session leaves it open', async () => {
  await using bench = await LoginBench.open();
  const guarded = new GuardBench(bench);
  await bench.addDevice('pump-1', [key, otherKey]);
  const session = await guarded.logIn('pump-1', key);
  await guarded.guard.opened(session);
  await bench.devices.patch(NAME, { metadata: { room: 'cellar' } }, ADMIN);
  await bench.devices.patch(NAME, { credentials: [key.credential] }, ADMIN);
  await bench.registries.patch(REGISTRY, { logLevel: 'DEBUG' }, ADMIN);
  assert.deepEqual(guarded.ended, []);
});

test('a key whose expiry is moved nearer during the session ends it at that moment', async () => {
  await using bench = await LoginBench.open();
  const guarded = new GuardBench(bench);
  await bench.addDevice('pump-1', [key]);
  await guarded.logIn('pump-1', key);
  const expiresAtMs = bench.clock.now() + 5_000;
  await bench.devices.patch(NAME, { credentials: [{ ...key.credential, expiresAtMs }] }, ADMIN);
  bench.clock.advance(4_999);
  assert.deepEqual(guarded.ended, []);
  bench.clock.advance(1);
  assert.deepEqual(guarded.ended, ['pump-1 CREDENTIAL_EXPIRED']);
});

test('a key whose expiry is moved away again does not end the session', async () => {
  await using bench = await LoginBench.open();
  const guarded = new GuardBench(bench);
  await bench.addDevice('pump-1', [key]);
  await guarded.logIn('pump-1', key);
  const expiresAtMs = bench.clock.now() + 5_000;
  await bench.devices.patch(NAME, { credentials: [{ ...key.credential, expiresAtMs }] }, ADMIN);
  await bench.devices.patch(NAME, { credentials: [key.credential] }, ADMIN);
  bench.clock.advance(60_000);
  assert.deepEqual(guarded.ended, []);
});

test('the expiry of one session does not end the next one of the device, which has another key', async () => {
  await using bench = await LoginBench.open();
  const guarded = new GuardBench(bench);
  await bench.addDevice('pump-1', [key, otherKey]);
  await guarded.logIn('pump-1', key);
  const expiresAtMs = bench.clock.now() + 5_000;
  const credentials = [{ ...key.credential, expiresAtMs }, otherKey.credential];
  await bench.devices.patch(NAME, { credentials }, ADMIN);
  await guarded.logIn('pump-1', otherKey);
  bench.clock.advance(60_000);
  assert.deepEqual(guarded.ended, []);
});

test('a session whose device cannot be looked up after a change is cut', async () => {
  await using bench = await LoginBench.open();
  const guarded = new GuardBench(bench);
  await bench.addDevice('pump-1', [key]);
  const session = await guarded.logIn('pump-1', key);
  const broken = { findDeviceByNumId: () => Promise.reject(new Error('disk gone')) };
  const link = { ...guarded.link, session: () => session, sessions: () => [session] };
  const guard = new SessionGuard(broken, link, bench.clock, bench.logger);
  guard.registryChanged({ before: session.principal.registry, after: session.principal.registry });
  await guard.opened(session);
  assert.deepEqual(guarded.ended, ['pump-1 DEVICE_UNREADABLE']);
});

test('where nothing was changed for longer than a login takes, a session costs no look at the database', async () => {
  await using bench = await LoginBench.open();
  const guarded = new GuardBench(bench);
  await bench.addDevice('pump-1', [key]);
  const session = await guarded.logIn('pump-1', key);
  const unwanted = { findDeviceByNumId: () => assert.fail('the device was looked up') };
  await new SessionGuard(unwanted, guarded.link, bench.clock, bench.logger).opened(session);
  assert.deepEqual(guarded.ended, []);
});

test('a closed guard has no timer left', async () => {
  await using bench = await LoginBench.open();
  const guarded = new GuardBench(bench);
  await bench.addDevice('pump-1', [key]);
  await guarded.logIn('pump-1', key);
  const expiresAtMs = bench.clock.now() + 5_000;
  await bench.devices.patch(NAME, { credentials: [{ ...key.credential, expiresAtMs }] }, ADMIN);
  guarded.guard.close();
  bench.clock.advance(60_000);
  assert.deepEqual(guarded.ended, []);
});

test('a device for which its gateway acts needs no key of its own, and is cut when it is blocked', async () => {
  await using login = await LoginBench.open();
  const bench = new GuardBench(login);
  const numId = await login.addDevice('pump-1', [key]);
  const device = await login.devices.get(NAME);
  const principal = { key: numId, deviceId: 'pump-1', registry: device.registry, credentialId: 4_711 };
  const session = bench.openSession({ ...principal, gatewayId: 'hub-1', isActedFor: true });
  await login.devices.patch(NAME, { credentials: [] }, ADMIN);
  await bench.guard.opened(session);
  assert.deepEqual(bench.ended, []);
  await login.devices.patch(NAME, { blocked: true }, ADMIN);
  assert.deepEqual(bench.ended, ['pump-1 DEVICE_BLOCKED']);
});
