import type { Clock } from '@mkiot/core/clock/clock';
import { isResourceId } from '@mkiot/core/contract/ids';
import { LIMITS } from '@mkiot/core/contract/limits';
import { formatLocationName, formatRegistryName } from '@mkiot/core/contract/resourceNames';
import type { LocationName, RegistryName } from '@mkiot/core/contract/resourceNames';
import type { AuditTrail } from '../auditTrail/auditTrail.ts';
import type { Database, Executor } from '../store/database.ts';
import { auditedRegistry, narrowTo } from './audited.ts';
import { Changes } from './changes.ts';
import type { RegistryChange, RegistryFields, RegistryPatch, RegistryPolicyRecord, RegistryRecord } from './model.ts';
import { type Page, pageById, type PageRequest } from './page.ts';
import { checkRegistryCertificates } from './registryCertificates.ts';
import { registryError } from './registryErrors.ts';
import * as store from './registryStore.ts';

/** A registry of which nothing was said. */
export const REGISTRY_DEFAULTS: RegistryFields = {
  mqttState: 'MQTT_ENABLED',
  httpState: 'HTTP_ENABLED',
  logLevel: 'LOG_LEVEL_UNSPECIFIED',
  policy: {
    maxTokenLifetimeMs: LIMITS.tokenLifetimeMs,
    maxSessionMs: LIMITS.sessionMs,
    strictStateRate: false,
    maximumQos: 1,
    wills: 'IGNORE',
    deviceLogin: 'CLOCK_ALLOWED',
  },
  certificates: [],
};

export interface RegistryParts {
  readonly database: Database;
  readonly auditTrail: AuditTrail;
  readonly clock: Clock;
  /** The one project and location of this installation: new registries are made there only. */
  readonly place: LocationName;
}

/** Device registries (IoT Core's API, 3.1 to 3.5). `principal` is whom the audit trail names. */
export class RegistryService {
  /** Told after the commit of an update. */
  readonly changes = new Changes<RegistryChange>();
  readonly #parts: RegistryParts;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  find(name: RegistryName): Promise<RegistryRecord | undefined> {
    return store.findRegistry(this.#parts.database.executor, name);
  }

  /** @throws `REGISTRY_NOT_FOUND` */
  get(name: RegistryName): Promise<RegistryRecord> {
    return requireRegistry(this.#parts.database.executor, name);
  }

  /** @throws `LOCATION_UNKNOWN`, `PAGE_TOKEN_MALFORMED` */
  async list(parent: LocationName, page: PageRequest): Promise<Page<RegistryRecord>> {
    this.#checkPlace(parent);
    return pageById(page, (afterId, limit) =>
      store.listRegistries(this.#parts.database.executor, parent, afterId, limit),
    );
  }

  /**
   * Projects and locations of devices that were registered under other settings (`project.id`, `project.location`). Nobody
   * reaches them now, and they are refused.
   */
  async unreachablePlaces(): Promise<readonly LocationName[]> {
    const { database, place } = this.#parts;
    const places = await store.listPlacesOfDevices(database.executor);
    return places.filter(({ project, location }) => project !== place.project || location !== place.location);
  }

  /**
   * @param given what is left out has its default
   * @throws `LOCATION_UNKNOWN`, `RESOURCE_ID_UNFIT`, `REGISTRY_EXISTS`, `POLICY_…`, `CERTIFICATE…`
   */
  async create(name: RegistryName, given: RegistryPatch, principal: string): Promise<RegistryRecord> {
    const { database, auditTrail, clock } = this.#parts;
    this.#checkPlace(name);
    checkResourceId(name.registry, 'registry');
    const fields = patched(REGISTRY_DEFAULTS, given);
    checkFields(fields, REGISTRY_DEFAULTS, clock.now());
    return database.transaction(async (executor) => {
      const resource = formatRegistryName(name);
      if ((await store.findRegistry(executor, name)) !== undefined) {
        throw registryError('REGISTRY_EXISTS', { registry: resource });
      }
      await store.insertRegistry(executor, name, fields);
      const after = auditedRegistry(fields);
      await auditTrail.record(executor, { principal, action: 'createDeviceRegistry', resource, after });
      return requireRegistry(executor, name);
    });
  }

  /** Sets the fields given. Throws `REGISTRY_NOT_FOUND`, `POLICY_…`, `CERTIFICATE…`. */
  async patch(name: RegistryName, given: RegistryPatch, principal: string): Promise<RegistryRecord> {
    const { database, auditTrail, clock } = this.#parts;
    const change = await database.transaction(async (executor) => {
      const before = await requireRegistry(executor, name);
      const fields = patched(before, given);
      checkFields(fields, before, clock.now());
      await store.updateRegistry(executor, before.key, fields);
      const after = await requireRegistry(executor, name);
      const names = Object.keys(given);
      await auditTrail.record(executor, {
        principal,
        action: 'updateDeviceRegistry',
        resource: formatRegistryName(name),
        before: narrowTo(auditedRegistry(before), names),
        after: narrowTo(auditedRegistry(after), names),
      });
      return { before, after };
    });
    this.changes.tell(change);
    return change.after;
  }

  /** Deletes a registry without devices. Throws `REGISTRY_NOT_FOUND`, `REGISTRY_NOT_EMPTY`. */
  async delete(name: RegistryName, principal: string): Promise<void> {
    const { database, auditTrail } = this.#parts;
    await database.transaction(async (executor) => {
      const registry = await requireRegistry(executor, name);
      const resource = formatRegistryName(name);
      if (await store.registryHasDevices(executor, registry.key)) {
        throw registryError('REGISTRY_NOT_EMPTY', { registry: resource });
      }
      await store.deleteRegistry(executor, registry.key);
      const before = auditedRegistry(registry);
      await auditTrail.record(executor, { principal, action: 'deleteDeviceRegistry', resource, before });
    });
  }

  #checkPlace({ project, location }: LocationName): void {
    const { place } = this.#parts;
    if (project === place.project && location === place.location) return;
    throw registryError('LOCATION_UNKNOWN', {
      location: formatLocationName({ project, location }),
      expected: formatLocationName(place),
    });
  }
}

/** @throws `REGISTRY_NOT_FOUND` */
export async function requireRegistry(executor: Executor, name: RegistryName): Promise<RegistryRecord> {
  const registry = await store.findRegistry(executor, name);
  if (registry === undefined) throw registryError('REGISTRY_NOT_FOUND', { registry: formatRegistryName(name) });
  return registry;
}

/** @throws `RESOURCE_ID_UNFIT`, without the text: it may be anything */
export function checkResourceId(id: string, kind: 'registry' | 'device'): void {
  if (!isResourceId(id)) throw registryError('RESOURCE_ID_UNFIT', { kind, ...LIMITS.deviceIdLength });
}

function patched(fields: RegistryFields, given: RegistryPatch): RegistryFields {
  return { ...fields, ...given, policy: { ...fields.policy, ...given.policy } };
}

function checkFields(fields: RegistryFields, before: RegistryFields, nowMs: number): void {
  checkDuration(fields.policy, 'maxTokenLifetime', LIMITS.tokenLifetimeMs);
  checkDuration(fields.policy, 'maxSession', LIMITS.sessionMs);
  checkRegistryCertificates(fields.certificates, before.certificates, nowMs);
}

function checkDuration(policy: RegistryPolicyRecord, field: 'maxTokenLifetime' | 'maxSession', maxMs: number): void {
  const durationMs = policy[`${field}Ms`];
  if (durationMs >= 1_000 && durationMs <= maxMs) return;
  throw registryError('POLICY_DURATION_UNFIT', { field, max: maxMs / 1_000 });
}
