import { pino } from 'pino';
import type { CloseReason, DeviceLink, PublishOutcome, Session } from '../bridge/hooks.ts';
import type { KeptSession, KeptSessionLink } from '../bridge/keptSessionLink.ts';
import { DeviceActivities } from '../registry/activity.ts';
import type { DeviceCreated } from '../registry/deviceService.ts';
import type { DevicePrincipal, DeviceRecord } from '../registry/model.ts';
import { deviceName, type RegistryBench, registryBench } from '../registry/registry.testing.ts';
import { CommandService } from './commandService.ts';
import { type ConfigAcknowledgement, configAcknowledgements } from './configAcknowledgements.ts';
import { ConfigDelivery } from './configDelivery.ts';
import { ConfigService } from './configService.ts';
import type { GroupCommit } from '../store/groupCommit.ts';
import { twinMigrations } from './migrations.ts';
import { StateRate } from './stateRate.ts';
import { StateService } from './stateService.ts';
import { StateWriter } from './stateWriter.ts';
import { stateTopic } from './topics.ts';

export const ADMIN = 'token:1 (test)';

/** A message that reached a device. */
export interface Received {
  readonly kind: string;
  readonly subfolder: string;
  readonly text: string;
}

/** A session as the bridge keeps one, without a socket: the test is the device. */
export class TestSession implements Session<DevicePrincipal> {
  readonly clientId = 'unused';
  readonly endsAtMs = Number.POSITIVE_INFINITY;
  readonly remoteAddress = '192.0.2.7';
  readonly openedAtMs = 0;
  readonly protocolLevel = 4;
  readonly keepAliveSeconds = 60;
  readonly lastHeardAtMs = 0;
  readonly expectedByMs = 90_000;
  readonly principal: DevicePrincipal;
  readonly epoch: number;
  readonly received: Received[] = [];
  closed: CloseReason | undefined;
  /** How often something was to be delivered. */
  tries = 0;
  /** False: as if too much were unacknowledged. */
  hasRoom = true;
  readonly #subscriptions = new Map<string, 0 | 1>();
  readonly #unacknowledged: ((delivered: boolean) => void)[] = [];
  readonly #onClosed: () => void;

  constructor(principal: DevicePrincipal, epoch: number, onClosed: () => void) {
    this.principal = principal;
    this.epoch = epoch;
    this.#onClosed = onClosed;
  }

  get configs(): readonly string[] {
    return this.received.filter(({ kind }) => kind === 'config').map(({ text }) => text);
  }

  subscribe(kind: string, qos: 0 | 1): void {
    this.#subscriptions.set(kind, qos);
  }

  unsubscribe(kind: string): void {
    this.#subscriptions.delete(kind);
  }

  /** The device's next PUBACK; false when it owes none. */
  acknowledge(): boolean {
    const done = this.#unacknowledged.shift();
    done?.(true);
    return done !== undefined;
  }

  subscriptionQos(kind: string): 0 | 1 | undefined {
    return this.#subscriptions.get(kind);
  }

  deliver(kind: string, subfolder: string, payload: Uint8Array, done: (delivered: boolean) => void): void {
    this.tries++;
    const qos = this.subscriptionQos(kind);
    if (qos === undefined || !this.hasRoom) {
      done(false);
      return;
    }
    this.received.push({ kind, subfolder, text: Buffer.from(payload).toString() });
    if (qos === 0) done(true);
    else this.#unacknowledged.push(done);
  }

  renew(): void {
    throw new Error('the twin renews no session');
  }

  close(reason: CloseReason): void {
    if (this.closed !== undefined) return;
    this.closed = reason;
    this.#onClosed();
    this.#subscriptions.clear();
    for (const done of this.#unacknowledged.splice(0)) done(false);
  }
}

/** The twin slice over a registry in memory, with a directory of test sessions for its link. */
export class TwinBench implements AsyncDisposable {
  readonly registry: RegistryBench;
  readonly configs: ConfigService;
  readonly states: StateService;
  readonly delivery: ConfigDelivery;
  readonly commands: CommandService;
  readonly acknowledgements: GroupCommit<ConfigAcknowledgement>;
  readonly activities: DeviceActivities;
  readonly stateWriter: StateWriter;
  readonly publishState: (session: TestSession, text: string, packetId?: number) => TestOutcome;
  /** Kept sessions, by device. */
  readonly kept = new Map<number, KeptSession>();
  readonly #sessions = new Map<number, TestSession>();
  #epoch = 0;

  private constructor(registry: RegistryBench, configs: ConfigService) {
    this.registry = registry;
    this.configs = configs;
    const { database, clock, auditTrail, devices } = registry;
    const logger = pino({ level: 'silent' });
    const link: DeviceLink<DevicePrincipal> & KeptSessionLink = {
      session: (numId) => this.#sessions.get(numId),
      sessions: () => this.#sessions.values(),
      keptSession: (numId) => this.kept.get(numId),
      endKeptSession: (numId) => void this.kept.delete(numId),
    };
    this.activities = new DeviceActivities(database, clock, () => undefined);
    const { activities } = this;
    this.states = new StateService(database);
    this.acknowledgements = configAcknowledgements(database, logger);
    const { acknowledgements } = this;
    this.delivery = new ConfigDelivery({ configs, acknowledgements, link, activities, clock, logger });
    configs.changes.listen((change) => this.delivery.changed(change));
    this.commands = new CommandService({ database, auditTrail, devices, link, clock });
    this.stateWriter = new StateWriter(database, logger);
    const topic = stateTopic({ writer: this.stateWriter, rate: new StateRate(clock), activities, clock });
    this.publishState = (session, text, packetId) => {
      const outcome = new TestOutcome(session);
      topic.publish(session, '', Buffer.from(text), packetId, outcome);
      return outcome;
    };
  }

  static async open(): Promise<TwinBench> {
    const created: DeviceCreated[] = [];
    const registry = await registryBench({ migrations: twinMigrations, created });
    const configs = new ConfigService(registry.database, registry.auditTrail, registry.clock);
    created.push(configs.storeFirst);
    return new TwinBench(registry, configs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stateWriter.idle();
    await this.acknowledgements.idle();
    await this.activities.close();
    await this.registry.database.close();
  }

  addDevice(id: string, config?: string): Promise<DeviceRecord> {
    const given = config === undefined ? {} : { config: Buffer.from(config) };
    return this.registry.devices.create(deviceName(id), given, ADMIN);
  }

  /** Opens a session of the device; one that is open ends. */
  connect(device: DeviceRecord): TestSession {
    const { numId: key, id: deviceId, registry } = device;
    this.#sessions.get(key)?.close({ code: 'TAKEN_OVER', by: 'SERVER', message: '' });
    const session = new TestSession({ key, deviceId, registry, credentialId: 1 }, ++this.#epoch, () => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    });
    this.#sessions.set(key, session);
    return session;
  }

  /** Subscribes as the bridge does, and resolves when the config is on its way. */
  subscribeConfig(session: TestSession, qos: 0 | 1): Promise<void> {
    session.subscribe('config', qos);
    return this.delivery.subscribed(session);
  }

  setConfig(device: DeviceRecord, text: string, versionToUpdate = 0) {
    return this.configs.modify(deviceName(device.id), Buffer.from(text), versionToUpdate, ADMIN);
  }

  /** The kept versions as `version:text`, an acknowledged one with `+`. */
  async versions(device: DeviceRecord): Promise<readonly string[]> {
    await this.acknowledgements.idle();
    const versions = await this.configs.versions(deviceName(device.id), 0);
    return versions.map(
      ({ version, payload, deviceAckMs }) =>
        `${version}:${Buffer.from(payload).toString()}${deviceAckMs === undefined ? '' : '+'}`,
    );
  }

  async statesOf(device: DeviceRecord): Promise<readonly string[]> {
    const states = await this.states.states(deviceName(device.id), 0);
    return states.map(({ payload }) => Buffer.from(payload).toString());
  }

  async auditTrailText(): Promise<string> {
    return JSON.stringify(await this.registry.auditTrail.list(100));
  }
}

/** The fate of a publish; a refusal closes the session, as the bridge does. */
export class TestOutcome implements PublishOutcome {
  readonly acknowledged: number[] = [];
  refusal: CloseReason | undefined;
  readonly #session: TestSession;

  constructor(session: TestSession) {
    this.#session = session;
  }

  accepted(packetId: number): void {
    this.acknowledged.push(packetId);
  }

  refused(reason: CloseReason): void {
    this.refusal = reason;
    this.#session.close(reason);
  }
}
