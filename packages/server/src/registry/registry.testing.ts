import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { DeviceName } from '@mkiot/core/contract/resourceNames';
import { AuditTrail } from '../auditTrail/auditTrail.ts';
import { auditTrailMigrations } from '../auditTrail/migrations.ts';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { randomFill as nodeRandomFill } from '../runtime/nodeCrypto.ts';
import { Database } from '../store/database.ts';
import { migrate, type Migrations } from '../store/migrate.ts';
import type { DevicePresences } from './deviceRoutes.ts';
import { type DeviceCreated, DeviceService } from './deviceService.ts';
import { registryMigrations } from './migrations.ts';
import { RegistryService } from './registryService.ts';

export const PLACE = { project: 'mkiot-abc123', location: 'local' };
export const REGISTRY = { ...PLACE, registry: 'pumps' };

/** The name of a device of {@link REGISTRY}. */
export function deviceName(device: string): DeviceName {
  return { ...REGISTRY, device };
}

/** For tests in which nobody is connected. */
export const NO_PRESENCES: DevicePresences = { read: async () => new Map(), connected: () => [] };

export interface RegistryBench extends AsyncDisposable {
  readonly database: Database;
  readonly clock: VirtualClock;
  readonly auditTrail: AuditTrail;
  readonly registries: RegistryService;
  readonly devices: DeviceService;
}

export interface BenchOptions {
  readonly file?: string;
  readonly migrations?: Migrations;
  readonly created?: readonly DeviceCreated[];
  readonly randomFill?: RandomFill;
  readonly nowMs?: number;
}

/** The registry slice on a database of its own, with one empty registry. `await using bench = await registryBench()`. */
export async function registryBench(options: BenchOptions = {}): Promise<RegistryBench> {
  const { file = ':memory:', created = [], randomFill = nodeRandomFill, nowMs = Date.UTC(2026, 10, 22) } = options;
  const database = new Database(file);
  await migrate(database, file, { ...auditTrailMigrations, ...registryMigrations, ...options.migrations });
  const clock = new VirtualClock(nowMs);
  const auditTrail = new AuditTrail(database, new Uint8Array(32).fill(1), clock);
  const parts = { database, auditTrail, clock, place: PLACE };
  const registries = new RegistryService(parts);
  const devices = new DeviceService({ ...parts, randomFill, created, registryChanges: registries.changes });
  if ((await registries.find(REGISTRY)) === undefined) await registries.create(REGISTRY, {}, 'local:test');
  return { database, clock, auditTrail, registries, devices, [Symbol.asyncDispose]: () => database.close() };
}
