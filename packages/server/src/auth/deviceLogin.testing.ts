import type { PublicKeyFormat } from '@mkiot/core/api/resources';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { assembleJwt } from '@mkiot/core/jwt/assembleJwt.testing';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { AuditTrail } from '../auditTrail/auditTrail.ts';
import { auditTrailMigrations } from '../auditTrail/migrations.ts';
import type { LoginVerdict } from '../bridge/hooks.ts';
import { DeviceActivities } from '../registry/activity.ts';
import { DeviceService } from '../registry/deviceService.ts';
import { registryMigrations } from '../registry/migrations.ts';
import type { CredentialFields, DevicePrincipal } from '../registry/model.ts';
import { RegistryService } from '../registry/registryService.ts';
import { importVerifyingKey, randomFill } from '../runtime/nodeCrypto.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { DeviceLogin } from './deviceLogin.ts';
import { DeviceLoginFailures } from './deviceLoginFailures.ts';
import { DeviceLoginKeys } from './deviceLoginKeys.ts';
import { DeviceTokens } from './deviceTokens.ts';

export const PROJECT = 'mkiot-abc123';
export const PLACE = { project: PROJECT, location: 'local' };
export const ADMIN = 'token:1 (test)';

/** A device's key pair, with what the registry is told of it. */
export interface TestKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
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
  return { privateKey, publicKey, credential: { format, pem, expiresAtMs } };
}

/** A registry in memory and the login before it. */
export class LoginBench implements AsyncDisposable {
  readonly clock = new VirtualClock(Date.UTC(2026, 10, 22, 12));
  readonly database = new Database(':memory:');
  readonly logged: Record<string, unknown>[] = [];
  readonly logger: Logger;
  readonly registries: RegistryService;
  readonly devices: DeviceService;
  readonly activities: DeviceActivities;
  readonly login: DeviceLogin;

  private constructor() {
    const lines = new Writable({
      write: (line: Buffer, _encoding, done) => {
        this.logged.push(JSON.parse(line.toString()) as Record<string, unknown>);
        done();
      },
    });
    this.logger = pino({ level: 'info' }, lines);
    const { clock, database, logger } = this;
    const auditTrail = new AuditTrail(database, new Uint8Array(32), clock);
    const parts = { database, auditTrail, clock, place: PLACE, randomFill, created: [] };
    this.registries = new RegistryService(parts);
    this.devices = new DeviceService(parts);
    this.activities = new DeviceActivities(database, clock, (error) => logger.error(error));
    this.login = new DeviceLogin({
      project: PROJECT,
      registries: this.registries,
      devices: this.devices,
      tokens: new DeviceTokens(PROJECT, new DeviceLoginKeys(importVerifyingKey, logger)),
      failures: new DeviceLoginFailures(this.activities, clock, logger),
      clock,
    });
  }

  static async open(): Promise<LoginBench> {
    const bench = new LoginBench();
    await migrate(bench.database, ':memory:', { ...auditTrailMigrations, ...registryMigrations });
    await bench.registries.create({ ...PLACE, registry: 'default' }, {}, ADMIN);
    return bench;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.activities.close();
    await this.database.close();
  }

  async addDevice(id: string, keys: readonly TestKey[], registry = 'default'): Promise<number> {
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
      header?: object;
      sign?: (data: Uint8Array) => Uint8Array;
    } = {},
  ): string {
    const nowS = Math.floor(this.clock.now() / 1000);
    const alg = key.privateKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
    const { aud = PROJECT, iat = 0, exp = iat + 3600, header = { alg, typ: 'JWT' } } = changes;
    const signRight = (data: Uint8Array) => sign('sha256', data, { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
    const claims = { iat: nowS + iat, exp: nowS + exp, aud };
    return assembleJwt(JSON.stringify(header), JSON.stringify(claims), changes.sign ?? signRight);
  }

  connect(clientId: string, token: string | undefined): Promise<LoginVerdict<DevicePrincipal>> {
    const password = token === undefined ? undefined : Buffer.from(token);
    return this.login.authenticate({ clientId, userName: 'unused', password, remoteAddress: '192.0.2.7' });
  }

  /** Why a login is refused; `undefined` when it is not. */
  async refusal(clientId: string, token: string | undefined): Promise<string | undefined> {
    const verdict = await this.connect(clientId, token);
    return verdict.accepted ? undefined : verdict.reason.slice(0, verdict.reason.indexOf(':'));
  }
}

export function clientIdOf(device: string | number, registry = 'default'): string {
  return `projects/${PROJECT}/locations/local/registries/${registry}/devices/${device}`;
}
