import { toHex } from '@mkiot/core/bytes/bytes';
import { formatRegistryName, type RegistryName } from '@mkiot/core/contract/resourceNames';
import { publicKeyOfPem, publicKeyPem } from '@mkiot/core/provisioning/p256PublicKey';
import { digestOf } from '../auditTrail/digest.ts';
import { isPrintableName, NAME_CHARACTERS } from '../auth/printableName.ts';
import type { Caller } from '../http/apiRoute.ts';
import type { Page, PageRequest } from '../registry/page.ts';
import { requireRegistry } from '../registry/registryService.ts';
import { importVerifyingKey } from '../runtime/nodeCrypto.ts';
import type { Executor } from '../store/database.ts';
import type { StationRecord } from './model.ts';
import { pageByCreation } from './creationPage.ts';
import { provisioningError } from './provisioningErrors.ts';
import { checkEnd, type ProvisioningParts } from './provisioningParts.ts';
import * as store from './stationStore.ts';

const ID_BYTES = 8;

/** What is said of a station that is to be. */
export type NewStation = Pick<StationRecord, 'name' | 'publicKey' | 'maxDevices' | 'expiresAtMs'>;

/** Provisioning stations: who may register units. */
export class StationService {
  readonly #parts: ProvisioningParts;

  constructor(parts: ProvisioningParts) {
    this.#parts = parts;
  }

  /** @throws `REGISTRY_NOT_FOUND`, `PROVISIONING_…`, `STATION_KEY_…` */
  async enrol(parent: RegistryName, given: NewStation, caller: Caller): Promise<StationRecord> {
    const { database, auditTrail, clock, randomFill } = this.#parts;
    const createdAtMs = clock.now();
    if (!isPrintableName(given.name)) throw provisioningError('PROVISIONING_NAME_UNFIT', { max: NAME_CHARACTERS });
    checkEnd('station', given.expiresAtMs, createdAtMs, caller);
    const station: StationRecord = {
      ...given,
      publicKey: checkedKey(given.publicKey),
      id: toHex(randomFill(new Uint8Array(ID_BYTES))),
      registry: parent,
      registeredDevices: 0,
      createdAtMs,
      revokedAtMs: undefined,
      lastUsedAtMs: undefined,
    };
    await database.transaction(async (executor) => {
      const registry = await requireRegistry(executor, parent);
      if (await store.hasStationKey(executor, station.publicKey)) throw provisioningError('STATION_KEY_USED');
      await store.insertStation(executor, registry.key, station);
      await auditTrail.record(executor, {
        principal: caller.principal,
        action: 'enrolStation',
        resource: resourceOf(station),
        after: audited(station),
      });
    });
    return station;
  }

  /** @throws `REGISTRY_NOT_FOUND`, `PAGE_TOKEN_MALFORMED` */
  async list(parent: RegistryName, page: PageRequest): Promise<Page<StationRecord>> {
    const { executor } = this.#parts.database;
    const registry = await requireRegistry(executor, parent);
    return pageByCreation(page, (after, limit) => store.listStations(executor, registry, after, limit));
  }

  /** From its commit on nothing that the station signs is taken. Throws `REGISTRY_NOT_FOUND`, `STATION_NOT_FOUND`. */
  async revoke(parent: RegistryName, id: string, principal: string): Promise<void> {
    const { database, auditTrail, clock } = this.#parts;
    await database.transaction(async (executor) => {
      await requireRegistry(executor, parent);
      const station = await store.findStation(executor, id);
      if (station === undefined || formatRegistryName(station.registry) !== formatRegistryName(parent)) {
        throw provisioningError('STATION_NOT_FOUND', { station: id });
      }
      if (station.revokedAtMs !== undefined) return;
      await store.markStationRevoked(executor, id, clock.now());
      const before = audited(station);
      await auditTrail.record(executor, { principal, action: 'revokeStation', resource: resourceOf(station), before });
    });
  }

  /** Takes one of the station's devices, in the transaction that creates it. @throws `STATION_…` */
  async useUp(executor: Executor, id: string): Promise<void> {
    const station = await store.findStation(executor, id);
    if (station === undefined) throw provisioningError('STATION_NOT_FOUND', { station: id });
    this.checkUsable(station);
    await store.countDevice(executor, id, this.#parts.clock.now());
  }

  /** @throws `STATION_REVOKED`, `STATION_EXPIRED`, `STATION_EXHAUSTED` */
  checkUsable({ id, revokedAtMs, expiresAtMs, registeredDevices, maxDevices }: StationRecord): void {
    if (revokedAtMs !== undefined) throw provisioningError('STATION_REVOKED', { station: id });
    if (expiresAtMs <= this.#parts.clock.now()) {
      throw provisioningError('STATION_EXPIRED', { station: id, end: new Date(expiresAtMs).toISOString() });
    }
    if (registeredDevices >= maxDevices) throw provisioningError('STATION_EXHAUSTED', { station: id, max: maxDevices });
  }
}

/** The key in the one form of its PEM text, so that it is known again. */
function checkedKey(pem: string): string {
  const key = publicKeyOfPem(pem);
  if (key === undefined) throw provisioningError('STATION_KEY_UNFIT');
  const text = publicKeyPem(key);
  importVerifyingKey(text, 'ES256_PEM');
  return text;
}

function audited({ name, publicKey, maxDevices, expiresAtMs }: StationRecord): object {
  return { name, publicKey: digestOf(publicKey), maxDevices, expiresAtMs };
}

function resourceOf({ registry, id }: StationRecord): string {
  return `${formatRegistryName(registry)}/stations/${id}`;
}
