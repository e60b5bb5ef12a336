import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Ban } from '@mkiot/server/admission/bans';
import { RefusalPauses } from '@mkiot/server/admission/refusalPauses';
import { DEFAULT_BRIDGE_LIMITS } from '@mkiot/server/bridge/bridgeLimits';
import type { DeviceLink, Session } from '@mkiot/server/bridge/hooks';
import type { KeptSessionLink } from '@mkiot/server/bridge/keptSessionLink';
import { MqttBridge } from '@mkiot/server/bridge/mqttBridge';
import { SegmentLog } from '@mkiot/server/events/segmentLog/segmentLog';
import { deviceHooks } from '@mkiot/server/platform/deviceHooks';
import { migrations, openSlices, type Slices } from '@mkiot/server/platform/slices';
import { Quotas } from '@mkiot/server/quotas/quotas';
import { settingsSchema } from '@mkiot/server/settings/settings';
import type { CredentialFields, DevicePrincipal, RegistryPolicyRecord } from '@mkiot/server/registry/model';
import { MemoryFileSystem } from '@mkiot/server/runtime/memoryFileSystem.testing';
import { createLogger } from '@mkiot/server/runtime/logger';
import { Database } from '@mkiot/server/store/database';
import { migrate } from '@mkiot/server/store/migrate';
import { type Duplex, duplexPair } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

export const BRIDGE_ID = new Uint8Array(32).fill(0xb1);
const AUDIT_KEY = new Uint8Array(32).fill(0xa1);
const TICKET_KEY = new Uint8Array(32).fill(0x71);
const REGISTRY = { project: 'mkiot-abc123', location: 'local', registry: 'default' };
/** Where all devices are. */
const ADDRESS = '192.0.2.1';
const PRINCIPAL = 'local:test';
const MEBIBYTE = 1_048_576;
const STEP_MS = 100;
const TURNS_A_STEP = 8;
const EPOCHS_PER_START = 2 ** 32;

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
  /** The operator's log, a line an entry. */
  readonly log: string[] = [];
  readonly #logger = createLogger({ level: 'info', format: 'json' }, this.clock, {
    write: (line) => this.log.push(line),
  });
  readonly #fileSystem = new MemoryFileSystem();
  readonly #randomFill: RandomFill;
  #running: Running | undefined = undefined;
  readonly #connections = new Set<readonly Duplex[]>();
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
    const [database, randomFill, logger] = [this.#database, this.#randomFill, this.#logger];
    const eventLog = await SegmentLog.open({
      directory: '/events',
      fileSystem: this.#fileSystem,
      clock,
      random: randomFill,
      reports,
      segmentBytes: MEBIBYTE,
      saturatingBytes: MEBIBYTE,
    });
    const link: DeviceLink<DevicePrincipal> & KeptSessionLink = {
      session: (key) => bridge.session(key),
      sessions: () => bridge.sessions(),
      keptSession: (key) => bridge.keptSession(key),
      endKeptSession: (key) => bridge.endKeptSession(key),
    };
    const keys = {
      auditKey: AUDIT_KEY,
      ticketKey: TICKET_KEY,
      bridgeAddress: () => ({ mqttPort: 8883, authorityCertificate: '' }),
      bridgeId: () => BRIDGE_ID,
    };
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
    const numbers = settingsSchema.parse({}).quotas;
    const quotas = new Quotas({ numbers, link, sessionCount: () => bridge.sessionCount, clock, logger });
    const refusalPauses = new RefusalPauses(clock, DEFAULT_BRIDGE_LIMITS.loginMs);
    const hooks = deviceHooks({ slices, quotas, refusalPauses, clock, logger });
    const bridge = new MqttBridge({ hooks, clock, log: logger, lastEpoch });
    this.#running = { slices, bridge, eventLog, link };
  }

  async down(): Promise<void> {
    const { bridge, slices, eventLog } = this.#now;
    this.#running = undefined;
    this.cutConnections();
    await bridge.close();
    await slices.close();
    await eventLog.close();
  }

  /** The whole name of a new device that has this key. */
  async addDevice(device: string, publicKeyPem: string): Promise<string> {
    const name = { ...REGISTRY, device };
    await this.#now.slices.devices.create(name, { credentials: [credentialOf(publicKeyPem)] }, PRINCIPAL);
    return formatDeviceName(name);
  }

  async setKeys(device: string, publicKeyPems: readonly string[]): Promise<void> {
    const credentials = publicKeyPems.map(credentialOf);
    await this.#now.slices.devices.patch({ ...REGISTRY, device }, { credentials }, PRINCIPAL);
  }

  async setPolicy(policy: Partial<RegistryPolicyRecord>): Promise<void> {
    await this.#now.slices.registries.patch(REGISTRY, { policy }, PRINCIPAL);
  }

  /** Both ends of a new connection; the far one is the bridge's. */
  connect(): readonly [near: Duplex, far: Duplex] {
    const ends = duplexPair();
    const [near, far] = ends;
    near.on('error', () => undefined);
    far.on('close', () => this.#connections.delete(ends));
    this.#connections.add(ends);
    this.#now.bridge.accept(far, ADDRESS);
    return ends;
  }

  /** Whether a listener would take a connection from where all devices are. */
  admits(): boolean {
    return this.#now.slices.bans.admits(ADDRESS);
  }

  /** The addresses that are banned. */
  bans(): readonly Ban[] {
    return this.#now.slices.bans.list();
  }

  /** All plugs are pulled: nobody hears a goodbye. */
  cutConnections(): void {
    for (const ends of this.#connections) for (const end of ends) end.destroy();
  }

  /** Every event that is stored, of whatever device. */
  get storedEvents(): number {
    return this.#now.eventLog.lastCommitted;
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

function credentialOf(pem: string): CredentialFields {
  return { format: 'ES256_PEM', pem, expiresAtMs: undefined };
}
