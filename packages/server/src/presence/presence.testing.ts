import type { CloseReason, Session } from '../bridge/hooks.ts';
import type { DevicePrincipal, DeviceRecord } from '../registry/model.ts';
import { type BenchOptions, deviceName, type RegistryBench, registryBench } from '../registry/registry.testing.ts';
import { presenceMigrations } from './migrations.ts';
import { Presences } from './presences.ts';

export const LOST: CloseReason = { code: 'CONNECTION_LOST', by: 'CLIENT', message: 'CLIENT: The connection is gone.' };
export const TAKEN_OVER: CloseReason = { code: 'TAKEN_OVER', by: 'SERVER', message: 'SERVER: There is another one.' };

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

/** A session as the bridge keeps one; the test says when its device is heard. */
export type TestSession = Mutable<Session<DevicePrincipal>>;

/** Presence over a registry of its own, with the bridge's directory of sessions in the hands of the test. */
export class PresenceBench implements AsyncDisposable {
  readonly registry: RegistryBench;
  readonly presences: Presences;
  readonly problems: unknown[] = [];
  /** What the bridge's session directory holds. */
  readonly #open = new Map<number, TestSession>();
  #epoch: number;

  private constructor(registry: RegistryBench, lastEpoch: number) {
    const link = { session: (key: number) => this.#open.get(key), sessions: () => this.#open.values() };
    const tell = (entry: unknown): void => void this.problems.push(entry);
    this.registry = registry;
    this.presences = new Presences({
      database: registry.database,
      clock: registry.clock,
      link,
      logger: { error: tell, warn: tell },
    });
    this.#epoch = lastEpoch;
  }

  /** @param lastEpoch the last one that an earlier run may have given */
  static async open(options: BenchOptions = {}, lastEpoch = 0): Promise<PresenceBench> {
    const bench = new PresenceBench(
      await registryBench({ ...options, migrations: { ...options.migrations, ...presenceMigrations } }),
      lastEpoch,
    );
    await bench.presences.start();
    return bench;
  }

  addDevice(id: string): Promise<DeviceRecord> {
    return this.registry.devices.create(deviceName(id), {}, 'local:test');
  }

  /** A device logs in: a session that it had is taken over, as the bridge does it. */
  connect(device: DeviceRecord): TestSession {
    const { numId: key, id: deviceId, registry } = device;
    const nowMs = this.registry.clock.now();
    const session: TestSession = {
      principal: { key, deviceId, registry, credentialId: 1 },
      epoch: ++this.#epoch,
      clientId: deviceId,
      remoteAddress: '192.0.2.7',
      openedAtMs: nowMs,
      protocolLevel: 5,
      keepAliveSeconds: 60,
      lastHeardAtMs: nowMs,
      expectedByMs: nowMs + 90_000,
      endsAtMs: Number.POSITIVE_INFINITY,
      renew: () => undefined,
      subscriptionQos: () => undefined,
      deliver: (_kind, _subfolder, _payload, done) => done(false),
      close: (reason) => this.disconnect(session, reason),
    };
    const before = this.#open.get(key);
    if (before !== undefined) this.disconnect(before, TAKEN_OVER);
    this.#open.set(key, session);
    this.presences.opened(session);
    return session;
  }

  disconnect(session: TestSession, reason: CloseReason): void {
    const { key } = session.principal;
    if (this.#open.get(key) === session) this.#open.delete(key);
    this.presences.closed(session, reason);
  }

  async presenceOf(device: DeviceRecord) {
    const presence = (await this.presences.read([device.numId])).get(device.numId);
    if (presence === undefined) throw new Error('no answer for the device');
    return presence;
  }

  /** Lets the bench go as a power cut does: nothing more is written. */
  async vanish(): Promise<void> {
    await this.registry[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.presences.close();
    await this.registry[Symbol.asyncDispose]();
  }
}
