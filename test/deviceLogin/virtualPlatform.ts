import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { AuditTrail } from '@mkiot/server/auditTrail/auditTrail';
import type { DeviceLink, Session } from '@mkiot/server/bridge/hooks';
import { MqttBridge } from '@mkiot/server/bridge/mqttBridge';
import { SegmentLog } from '@mkiot/server/events/segmentLog/segmentLog';
import { deviceHooks } from '@mkiot/server/platform/deviceHooks';
import { migrations, openSlices, type Slices } from '@mkiot/server/platform/slices';
import { DeviceService } from '@mkiot/server/registry/deviceService';
import type { DevicePrincipal, RegistryPolicyRecord } from '@mkiot/server/registry/model';
import { MemoryFileSystem } from '@mkiot/server/runtime/memoryFileSystem.testing';
import { Database } from '@mkiot/server/store/database';
import { migrate } from '@mkiot/server/store/migrate';
import { type Duplex, duplexPair } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';

export const BRIDGE_ID = new Uint8Array(32).fill(0xb1);
const AUDIT_KEY = new Uint8Array(32).fill(0xa1);
const TICKET_KEY = new Uint8Array(32).fill(0x71);
const REGISTRY = { project: 'mkiot-abc123', location: 'local', registry: 'default' };
const PRINCIPAL = 'local:test';
const MEBIBYTE = 1_048_576;
const STEP_MS = 100;
const TURNS_A_STEP = 8;
const EPOCHS_PER_START = 2 ** 32;

const logger = pino({ level: 'silent' });
const reports = { problem: () => undefined, recovered: () => undefined };

/** What one start of the platform has opened. */
interface Running {
  readonly slices: Slices;
  readonly bridge: MqttBridge<DevicePrincipal>;
  readonly eventLog: SegmentLog;
  readonly link: DeviceLink<DevicePrincipal>;
}

/**
 * The platform without ports: its database, event log, slices and bridge on a clock that moves when told to. Devices come
 * over streams in memory.
 */
export class VirtualPlatform implements AsyncDisposable {
  readonly clock: VirtualClock = new VirtualClock(Date.UTC(2026, 10, 22));
  readonly #database = new Database(':memory:');
  readonly #fileSystem = new MemoryFileSystem();
  readonly #randomFill: RandomFill;
  #running: Running | undefined = undefined;
  #starts = 0;

  private constructor(randomFill: RandomFill) {
    this.#randomFill = randomFill;
  }

  static async start(randomFill: RandomFill, policy: Partial<RegistryPolicyRecord>): Promise<VirtualPlatform> {
    const platform = new VirtualPlatform(randomFill);
    await migrate(platform.#database, ':memory:', migrations);
    await platform.up();
    await platform.#now.slices.registries.create(REGISTRY, { policy }, PRINCIPAL);
    return platform;
  }

  /** Lets time pass, with room for streams and promises to move on in between: a packet takes some tenths of a second. */
  async pass(durationMs: number): Promise<void> {
    for (let left = durationMs; left > 0; left -= STEP_MS) {
      this.clock.advance(Math.min(left, STEP_MS));
      for (let turn = 0; turn < TURNS_A_STEP; turn++) await setImmediate();
    }
  }

  get isUp(): boolean {
    return this.#running !== undefined;
  }

  async up(): Promise<void> {
    const { clock } = this;
    const [database, randomFill] = [this.#database, this.#randomFill];
    const eventLog = await SegmentLog.open({
      directory: '/events',
      fileSystem: this.#fileSystem,
      clock,
      random: randomFill,
      reports,
      segmentBytes: MEBIBYTE,
      saturatingBytes: MEBIBYTE,
    });
    const link: DeviceLink<DevicePrincipal> = {
      session: (key) => bridge.session(key),
      sessions: () => bridge.sessions(),
    };
    const keys = { auditKey: AUDIT_KEY, ticketKey: TICKET_KEY, bridgeId: BRIDGE_ID };
    const ground = {
      database,
      eventLog,
      eventLogReports: reports,
      link,
      defaults: REGISTRY,
      clock,
      randomFill,
      logger,
    };
    const slices = openSlices({ ...ground, ...keys });
    const lastEpoch = ++this.#starts * EPOCHS_PER_START;
    const bridge = new MqttBridge({ hooks: deviceHooks(slices, clock, logger), clock, log: logger, lastEpoch });
    this.#running = { slices, bridge, eventLog, link };
  }

  /** Its devices have to be cut off before: nobody is there to hear that it goes. */
  async down(): Promise<void> {
    const { bridge, slices, eventLog } = this.#now;
    this.#running = undefined;
    await bridge.close();
    await slices.close();
    await eventLog.close();
  }

  /** The whole name of a new device that has this key. */
  async addDevice(device: string, publicKeyPem: string): Promise<string> {
    const { project, location, registry } = REGISTRY;
    const [clock, database, randomFill] = [this.clock, this.#database, this.#randomFill];
    const auditTrail = new AuditTrail(database, AUDIT_KEY, clock);
    const created = [this.#now.slices.configs.storeFirst];
    const devices = new DeviceService({
      database,
      auditTrail,
      clock,
      randomFill,
      created,
    });
    const credentials = [{ format: 'ES256_PEM', pem: publicKeyPem, expiresAtMs: undefined }] as const;
    await devices.create({ ...REGISTRY, device }, { credentials }, PRINCIPAL);
    return `projects/${project}/locations/${location}/registries/${registry}/devices/${device}`;
  }

  async setPolicy(policy: Partial<RegistryPolicyRecord>): Promise<void> {
    await this.#now.slices.registries.patch(REGISTRY, { policy }, PRINCIPAL);
  }

  /** Both ends of a new connection; the far one is the bridge's. */
  connect(): readonly [near: Duplex, far: Duplex] {
    const [near, far] = duplexPair();
    this.#now.bridge.accept(far, '192.0.2.1');
    return [near, far];
  }

  /** The open session of a device, by its id. */
  session(device: string): Session<DevicePrincipal> | undefined {
    return [...this.#now.link.sessions()].find(({ principal }) => principal.deviceId === device);
  }

  /** The numbers that a device gave its stored telemetry, in the order of the log, with repetitions. */
  async telemetryOf(device: string): Promise<readonly number[]> {
    const { eventLog } = this.#now;
    const numbers: number[] = [];
    for (let next = eventLog.firstKept; next <= eventLog.lastCommitted;) {
      const page = await eventLog.read(next, 1_000);
      for (const { deviceId, subfolder, payload } of page.events) {
        if (deviceId !== device || subfolder !== 'sensors') continue;
        numbers.push((JSON.parse(Buffer.from(payload).toString()) as { readonly sequence: number }).sequence);
      }
      next = page.next;
    }
    return numbers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isUp) await this.down();
    await this.#database.close();
  }

  get #now(): Running {
    if (this.#running === undefined) throw new Error('the platform is down');
    return this.#running;
  }
}
