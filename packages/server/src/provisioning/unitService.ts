import { base64Decode, base64UrlEncode } from '@mkiot/core/bytes/base64';
import type { DeviceProvenance } from '@mkiot/core/api/resources';
import { toHex } from '@mkiot/core/bytes/bytes';
import type { RegistryName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { isMac } from '@mkiot/core/provisioning/mac';
import { decodeUnitRecord, type UnitRecord } from '@mkiot/core/provisioning/unitRecord';
import { isPrintableName, NAME_CHARACTERS } from '../auth/printableName.ts';
import { formatTimestamp } from '../http/protoJson.ts';
import { findDeviceByNumId } from '../registry/deviceStore.ts';
import { type Page, pageById, type PageRequest } from '../registry/page.ts';
import { requireRegistry } from '../registry/registryService.ts';
import { provisioningError } from './provisioningErrors.ts';
import type { ProvisioningParts } from './provisioningParts.ts';
import { findTicketOfDevice } from './ticketStore.ts';
import * as store from './unitStore.ts';

/** A unit that a station has registered: the record as it came, and what it says. */
export interface ListedUnit {
  /** `STATION.RECORD` */
  readonly id: string;
  readonly stored: store.UnitOfStation;
  readonly record: UnitRecord;
}

/** What is known of units beside their devices. */
export class UnitService {
  readonly #parts: ProvisioningParts;

  constructor(parts: ProvisioningParts) {
    this.#parts = parts;
  }

  /** @throws `REGISTRY_NOT_FOUND`, `PAGE_TOKEN_MALFORMED` */
  async list(parent: RegistryName, filter: store.UnitFilter, page: PageRequest): Promise<Page<ListedUnit>> {
    const { executor } = this.#parts.database;
    const registry = await requireRegistry(executor, parent);
    return pageById(page, async (afterId, limit) => {
      const rows = await store.listUnits(executor, registry, filter, placeOf(afterId), limit);
      return rows.map((stored) => ({
        id: `${stored.station}.${base64UrlEncode(stored.id)}`,
        stored,
        record: recordOf(stored.record),
      }));
    });
  }

  /** How the device came into its registry; undefined: a person has made it. */
  async provenanceOf(numId: number): Promise<DeviceProvenance | undefined> {
    const { executor } = this.#parts.database;
    const unit = await store.findUnitOfDevice(executor, numId);
    if (unit !== undefined) {
      const { id, mac, chip, efuseSha256 } = recordOf(unit.record);
      return {
        station: unit.station,
        unitRecord: base64UrlEncode(id),
        mac,
        chip,
        efuseSha256: toHex(efuseSha256),
        registerTime: formatTimestamp(unit.registered_ms),
      };
    }
    const ticket = await findTicketOfDevice(executor, numId);
    if (ticket === undefined) return undefined;
    const mac = await store.findMacOf(executor, numId);
    return { ticket: ticket.id, ...(mac && { mac }), registerTime: formatTimestamp(ticket.used_ms ?? 0) };
  }

  /**
   * Lets a station or a ticket register a retired unit once more. Its old record and its old keys stay used.
   *
   * @throws `UNIT_RELEASE_UNEXPLAINED`, `UNIT_MAC_UNUSED`, `UNIT_NOT_RETIRED`
   */
  async release(project: string, mac: string, why: string, principal: string): Promise<void> {
    const { database, auditTrail } = this.#parts;
    if (!isPrintableName(why)) throw provisioningError('UNIT_RELEASE_UNEXPLAINED', { max: NAME_CHARACTERS });
    await database.transaction(async (executor) => {
      const numId = isMac(mac) ? await store.findUserOfMac(executor, mac) : undefined;
      if (numId === undefined) throw provisioningError('UNIT_MAC_UNUSED', { mac });
      const device = await findDeviceByNumId(executor, numId);
      if (device !== undefined) throw provisioningError('UNIT_NOT_RETIRED', { mac, numId });
      await store.forgetMac(executor, mac);
      await auditTrail.record(executor, {
        principal,
        action: 'releaseUnit',
        resource: `projects/${project}/units/${mac}`,
        before: { deviceNumId: String(numId) },
        after: { why },
      });
    });
  }
}

function placeOf(unitId: string): store.UnitPlace {
  const [station = '', id = ''] = unitId.split('.');
  return { station, id: base64Decode(id) ?? new Uint8Array() };
}

function recordOf(bytes: Uint8Array): UnitRecord {
  const record = decodeUnitRecord(bytes);
  if (record instanceof MkiotError) throw new TypeError('only records that can be read are stored', { cause: record });
  return record;
}
