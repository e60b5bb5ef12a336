import type { PublicKeyFormat } from '@mkiot/core/api/resources';
import type { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { assembleJwt } from '@mkiot/core/jwt/assembleJwt.testing';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import type { LoginVerdict } from '../bridge/hooks.ts';
import { DeviceActivities } from '../registry/activity.ts';
import { GatewayBindings } from '../registry/gatewayBindings.ts';
import { GatewayAccess } from './gatewayAccess.ts';
import type { DeviceService } from '../registry/deviceService.ts';
import type { CredentialFields, DevicePrincipal } from '../registry/model.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { PLACE, REGISTRY, type RegistryBench, registryBench } from '../registry/registry.testing.ts';
import type { RegistryService } from '../registry/registryService.ts';
import { FailedLogins } from './failedLogins.ts';
import { authMigrations } from './migrations.ts';
import type { DeviceProtocol } from './deviceEntrance.ts';
import type { DeviceLogin } from './deviceLogin.ts';
import { Challenges } from './nonces/challenges.ts';
import { ticketMigrations } from './nonces/migrations.ts';
import { Nonces } from './nonces/nonces.ts';
import { Tickets } from './nonces/tickets.ts';
import { type DeviceLoginGround, type OpenDeviceLogin, openDeviceLogin } from './openDeviceLogin.ts';

export const PROJECT = PLACE.project;
const TICKET_KEY = new Uint8Array(32).fill(1);
export const BRIDGE_ID = new Uint8Array(32).fill(0xb1);
export const ADMIN = 'token:1 (test)';

/** A device's key pair, with what the registry is told of it. */
export interface TestKey {
  readonly privateKey: KeyObject;
  readonly credential: CredentialFields;
}

export function ecKey(expiresAtMs?: number): TestKey {
  return testKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'ES256_PEM', expiresAtMs);
}

export function rsaKey(expiresAtMs?: number): TestKey {
  return testKey(generateKeyPairSync('rsa', { modulusLength: 2048 }), 'RSA_PEM', expiresAtMs);
}

function testKey(
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
  format: PublicKeyFormat,
  expiresAtMs: number | undefined,
): TestKey {
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  return { privateKey, credential: { format, pem, expiresAtMs } };
}

/** A registry in memory and the login before it. */
export class LoginBench implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly registries: RegistryService;
  readonly devices: DeviceService;
  readonly activities: DeviceActivities;
  readonly failedLogins: FailedLogins;
  opened: OpenDeviceLogin;
  /** The tickets are those of the login, the challenges those of another start. */
  readonly nonces: Nonces;
  readonly bindings: GatewayBindings;
  readonly logger: Logger;
  readonly logged: Record<string, unknown>[] = [];
  readonly #registry: RegistryBench;

  private constructor(registry: RegistryBench) {
    this.#registry = registry;
    const { database, clock, registries, devices } = registry;
    this.clock = clock;
    this.registries = registries;
    this.devices = devices;
    const lines = new Writable({
      write: (line: Buffer, _encoding, done) => {
        this.logged.push(JSON.parse(line.toString()) as Record<string, unknown>);
        done();
      },
    });
    const logger = pino({ level: 'info' }, lines);
    this.logger = logger;
    this.activities = new DeviceActivities(database, clock, (error) => logger.error(error));
    this.failedLogins = new FailedLogins(database, clock, logger);
    this.nonces = new Nonces(new Challenges(clock, randomFill), new Tickets(database, TICKET_KEY, logger));
    this.bindings = new GatewayBindings({ database, auditTrail: registry.auditTrail });
    this.opened = this.restart();
  }

  static async open(): Promise<LoginBench> {
    return new LoginBench(await registryBench({ migrations: { ...authMigrations, ...ticketMigrations } }));
  }

  get login(): DeviceLogin {
    return this.opened.login;
  }

  /** The login as another start of the platform makes it, on the same database. */
  restart(changes: Partial<DeviceLoginGround> = {}): OpenDeviceLogin {
    const { database, registries, devices } = this.#registry;
    const { activities, failedLogins, clock, logger } = this;
    const gatewayAccess = new GatewayAccess(devices, this.bindings);
    const tables = { database, registries, devices, activities, failedLogins, gatewayAccess };
    const keys = { ticketKey: TICKET_KEY, bridgeId: () => BRIDGE_ID };
    const ground = { project: PROJECT, ...tables, clock, randomFill, logger, ...keys };
    this.opened = openDeviceLogin({ ...ground, ...changes });
    return this.opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.opened.idle();
    await this.activities.close();
    await this.failedLogins.close();
    await this.#registry[Symbol.asyncDispose]();
  }

  async addDevice(id: string, keys: readonly TestKey[], registry = REGISTRY.registry): Promise<number> {
    const credentials = keys.map((key) => key.credential);
    const device = await this.devices.create({ ...PLACE, registry, device: id }, { credentials }, ADMIN);
    return device.numId;
  }

  /** A token as a device makes it, with what `changes` makes wrong. Times in seconds from now. */
  token(
    key: TestKey,
    changes: {
      aud?: unknown;
      iat?: number;
      exp?: number;
      nonce?: string;
      header?: object;
      sign?: (data: Uint8Array) => Uint8Array;
    } = {},
  ): string {
    const nowS = Math.floor(this.clock.now() / 1000);
    const alg = key.privateKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
    const { aud = PROJECT, iat = 0, exp = iat + 3600, nonce, header = { alg, typ: 'JWT' } } = changes;
    const signRight = (data: Uint8Array) => sign('sha256', data, { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
    const claims = { iat: nowS + iat, exp: nowS + exp, aud, nonce };
    return assembleJwt(JSON.stringify(header), JSON.stringify(claims), changes.sign ?? signRight);
  }

  connect(
    clientId: string,
    token: string | undefined,
    protocol?: DeviceProtocol,
  ): Promise<LoginVerdict<DevicePrincipal>> {
    const password = token === undefined ? undefined : Buffer.from(token);
    return this.login.authenticate({ clientId, userName: 'unused', password, remoteAddress: '192.0.2.7' }, protocol);
  }

  /** Why a login is refused; `undefined` when it is not. */
  async refusal(clientId: string, token: string | undefined, protocol?: DeviceProtocol): Promise<string | undefined> {
    const verdict = await this.connect(clientId, token, protocol);
    return verdict.accepted ? undefined : verdict.reason.slice(0, verdict.reason.indexOf(':'));
  }
}

export function clientIdOf(device: string | number, registry = REGISTRY.registry): string {
  return `projects/${PROJECT}/locations/local/registries/${registry}/devices/${device}`;
}
