import { equalBytes } from '@mkiot/core/bytes/bytes';
import { formatRegistryName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { publicKeyPem } from '@mkiot/core/provisioning/p256PublicKey';
import { encodeUnitProof } from '@mkiot/core/provisioning/unitProof';
import { decodeUnitRecord, type UnitRecord } from '@mkiot/core/provisioning/unitRecord';
import { createPrivateKey } from 'node:crypto';
import { importVerifyingKey } from '../runtime/nodeCrypto.ts';
import { generateSigningKeyPem, nodeSigningKey } from '../runtime/nodeSigningKey.ts';
import type { StationRecord } from './model.ts';
import { provisioningError } from './provisioningErrors.ts';
import type { ProvisioningParts } from './provisioningParts.ts';
import { sha256 } from './sha256.ts';
import type { StationService } from './stationService.ts';
import { findStation } from './stationStore.ts';
import { claimIdentity, findUnit, insertUnit } from './unitStore.ts';

/** A unit record as it came: bytes and signature of whoever says he is a station. */
export interface PresentedUnit {
  readonly record: Uint8Array;
  readonly signature: Uint8Array;
}

/** What has become of it. */
export type RegistrationOutcome =
  | { readonly outcome: 'CREATED' | 'ALREADY_REGISTERED'; readonly numId: number }
  /** `isSigned`: a station of this installation has signed it, and it was refused for something else. */
  | { readonly outcome: 'REFUSED'; readonly refusal: MkiotError; readonly isSigned: boolean };

/** Why nobody known has signed a record: for the operator's log alone. */
class Unsigned extends Error {
  readonly stationId: string;

  constructor(reason: string, stationId: string) {
    super(reason);
    this.stationId = stationId;
  }
}

/** Turns unit records into devices. The record is its own authentication: who brings it does not matter, nor when. */
export class UnitRegistration {
  readonly #parts: ProvisioningParts;
  readonly #stations: StationService;
  readonly #nobodysKey = nodeSigningKey(createPrivateKey(generateSigningKeyPem())).publicKeyPem;

  constructor(parts: ProvisioningParts, stations: StationService) {
    this.#parts = parts;
    this.#stations = stations;
  }

  /** The same record again gets the same device, so that a station may send what it got no answer to. */
  async register(presented: PresentedUnit, remoteAddress: string): Promise<RegistrationOutcome> {
    let isSigned = false;
    try {
      const { record, station } = await this.#authenticate(presented);
      isSigned = true;
      return await this.#registered(record, station, presented);
    } catch (error) {
      const refused = error instanceof Unsigned ? provisioningError('UNIT_RECORD_REFUSED') : error;
      if (!(refused instanceof MkiotError) || refused.blame !== 'caller') throw error;
      const [reason, stationId] =
        error instanceof Unsigned ? [error.message, error.stationId] : [`${refused.message} [${refused.code}]`];
      this.#parts.refusals.tell(remoteAddress, `unit record: ${reason}`, stationId);
      return { outcome: 'REFUSED', refusal: refused, isSigned };
    }
  }

  /**
   * Whose record it is. Until its signature has been verified, nobody is told what there is, not even by the time it takes: a
   * station that is not there has a key too, which nobody has. @throws `UNIT_RECORD_…`, {@link Unsigned}
   */
  async #authenticate({
    record: bytes,
    signature,
  }: PresentedUnit): Promise<{ readonly record: UnitRecord; readonly station: StationRecord }> {
    const record = decodeUnitRecord(bytes);
    if (record instanceof MkiotError) throw record;
    const station = await findStation(this.#parts.database.executor, record.station);
    const key = importVerifyingKey(station?.publicKey ?? this.#nobodysKey, 'ES256_PEM');
    const isSigned = key.verify(bytes, signature);
    if (station === undefined) throw new Unsigned('there is no such station', record.station);
    if (!isSigned) throw new Unsigned("the station's signature is wrong", record.station);
    return { record, station };
  }

  async #registered(
    record: UnitRecord,
    station: StationRecord,
    presented: PresentedUnit,
  ): Promise<RegistrationOutcome> {
    const known = await this.#findRegistered(record, presented);
    if (known !== undefined) return known;
    try {
      return { outcome: 'CREATED', numId: await this.#create(record, station, presented) };
    } catch (error) {
      // Of two calls with one record the second finds what the first has made.
      const meanwhile = await this.#findRegistered(record, presented);
      if (meanwhile !== undefined) return meanwhile;
      throw error;
    }
  }

  /** @throws `UNIT_RECORD_REPLAYED`, `UNIT_RETIRED` */
  async #findRegistered(
    { station, id }: UnitRecord,
    { record }: PresentedUnit,
  ): Promise<RegistrationOutcome | undefined> {
    const unit = await findUnit(this.#parts.database.executor, station, id);
    if (unit === undefined) return undefined;
    if (!equalBytes(unit.record, record)) throw provisioningError('UNIT_RECORD_REPLAYED');
    const device = await this.#parts.devices.findDeviceByNumId(unit.num_id);
    if (device === undefined) throw provisioningError('UNIT_RETIRED', { numId: unit.num_id });
    return { outcome: 'ALREADY_REGISTERED', numId: unit.num_id };
  }

  async #create(record: UnitRecord, station: StationRecord, presented: PresentedUnit): Promise<number> {
    const expected = formatRegistryName(station.registry);
    // Before anything is said of the device: a station whose time is over learns nothing.
    this.#stations.checkUsable(station);
    if (formatRegistryName(record.device) !== expected) {
      throw provisioningError('STATION_REGISTRY_FOREIGN', { station: station.id, expected });
    }
    const credentials = await this.#provenCredentials(record);
    const { devices, clock } = this.#parts;
    const principal = `station:${station.id} (${station.name})`;
    const device = await devices.create(record.device, { credentials }, principal, async (executor, created) => {
      await this.#stations.useUp(executor, station.id);
      await claimIdentity(executor, created, record.mac);
      await insertUnit(executor, {
        station: station.id,
        id: record.id,
        ...presented,
        mac: record.mac,
        num_id: created.numId,
        registered_ms: clock.now(),
      });
    });
    return device.numId;
  }

  /** The unit's keys, each of which it has shown to have. Throws `UNIT_PROOF_WRONG`, `KEY_…`. */
  async #provenCredentials(record: UnitRecord) {
    const signed = await encodeUnitProof(record, this.#parts.bridgeId(), sha256);
    return record.keys.map(({ publicKey, expiresAtMs, proof }, index) => {
      const pem = publicKeyPem(publicKey);
      const isProven = importVerifyingKey(pem, 'ES256_PEM').verify(signed, proof);
      if (!isProven) throw provisioningError('UNIT_PROOF_WRONG', { number: index + 1 });
      return { format: 'ES256_PEM' as const, pem, expiresAtMs };
    });
  }
}
