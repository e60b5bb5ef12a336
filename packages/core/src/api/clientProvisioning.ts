import { formatRegistryName, type RegistryName } from '../contract/resourceNames.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import type { SignedUnitRecord } from '../provisioning/signedUnitRecord.ts';
import { type ApiCaller, apiPath } from './clientCaller.ts';

/** A provisioning station: a key that may create so many devices in one registry until its end, and nothing else. */
export interface Station {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  /** Name of the one registry. */
  readonly registry: string;
  readonly publicKey: string;
  readonly maxDevices: number;
  readonly registeredDevices: number;
  readonly createTime: string;
  readonly expireTime: string;
  readonly revokeTime?: string;
  readonly lastUsedTime?: string;
}

/** What a station is told at its enrolment, and needs for its records. */
export interface EnrolledStation extends Station {
  /** What devices call this installation when they sign, base64. */
  readonly bridgeId: string;
  /** Where units find the MQTT bridge. */
  readonly mqttPort: number;
  /** The authority by which they trust it, as PEM. */
  readonly authorityCertificate: string;
}

/** What is said of a station that is to be. `publicKey` is a PEM text. */
export type StationFields = Pick<Station, 'name' | 'publicKey' | 'maxDevices' | 'expireTime'>;

/** A ticket with which one board enrols itself; its text is known to its holder alone. */
export interface EnrolmentTicket {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly registry: string;
  /** The only device id it is good for. */
  readonly deviceId?: string;
  /** The only MAC address it is good for. */
  readonly mac?: string;
  readonly createTime: string;
  readonly expireTime: string;
  readonly useTime?: string;
  /** Numeric id of the device that it made. */
  readonly deviceNumId?: string;
}

/** A ticket with its text, which is shown once. */
export interface IssuedEnrolmentTicket extends EnrolmentTicket {
  readonly ticket: string;
}

/** What is said of tickets that are to be made. */
export interface TicketFields extends Pick<EnrolmentTicket, 'deviceId' | 'mac' | 'expireTime'> {
  readonly count: number;
}

/** What has become of a unit record. */
export interface RegisteredUnit {
  readonly outcome: 'CREATED' | 'ALREADY_REGISTERED' | 'REFUSED';
  /** Of the device, where there is one. */
  readonly deviceNumId?: string;
  /** Why it was refused. */
  readonly code?: string;
  readonly message?: string;
}

/** What the server refuses a unit record with; undefined: its device is there. */
export function unitRefusal({ outcome, code = 'UNKNOWN', message }: RegisteredUnit): MkiotError | undefined {
  if (outcome !== 'REFUSED') return undefined;
  const said = message ?? 'The server gave no reason.';
  return new MkiotError(code, { status: 'FAILED_PRECONDITION', blame: 'caller', message: said });
}

/** A unit that a station has registered, and the record that it has signed. All of it is public. */
export interface ProvisionedUnit {
  /** `STATION.RECORD`, of both the ids. */
  readonly id: string;
  readonly station: string;
  readonly stationName: string;
  /** PEM: by it anybody can check the signature. */
  readonly stationPublicKey: string;
  /** Name of the device that it was made. */
  readonly device: string;
  readonly deviceNumId: string;
  /** Its device was deleted. */
  readonly retired: boolean;
  readonly mac: string;
  /** Its name, and its silicon revision as 100 · major + minor. */
  readonly chip: { readonly name: string; readonly revision: number };
  /** SHA-256 of the eFuse blocks as the station read them, hexadecimal. */
  readonly efuseSha256: string;
  readonly registerTime: string;
  /** What the station has signed, as it came, and the signature: both in base64url. */
  readonly record: string;
  readonly signature: string;
}

/** Narrows a list of units. */
export interface UnitFilter {
  /** Id of a station. */
  readonly station?: string | undefined;
  readonly mac?: string | undefined;
}

/** What a board sends to enrol itself: the device's whole name, its public key as PEM, and its proof in base64. */
export interface Enrolment {
  readonly ticket: string;
  readonly device: string;
  readonly mac?: string;
  readonly publicKey: string;
  readonly proof: string;
}

/** Room in a call of somebody who has no token: 16 KiB. */
const RECORDS_PER_CALL = 4;

/** Stations, unit records and tickets. Registering and redeeming need no token: their signatures say who calls. */
export class ProvisioningClient {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  enrolStation(parent: RegistryName, fields: StationFields): Promise<EnrolledStation> {
    return this.#caller.call('POST', stationsPath(parent), { body: fields });
  }

  listStations(parent: RegistryName): AsyncGenerator<Station, void, undefined> {
    return this.#caller.pages(stationsPath(parent), 'stations');
  }

  async revokeStation(parent: RegistryName, id: string): Promise<void> {
    await this.#caller.call('DELETE', apiPath(`${formatRegistryName(parent)}/stations/${id}`));
  }

  async createTickets(parent: RegistryName, fields: TicketFields): Promise<readonly IssuedEnrolmentTicket[]> {
    const path = apiPath(`${formatRegistryName(parent)}/enrolmentTickets`);
    const { tickets } = await this.#caller.call<{ readonly tickets: readonly IssuedEnrolmentTicket[] }>('POST', path, {
      body: fields,
    });
    return tickets;
  }

  listTickets(parent: RegistryName): AsyncGenerator<EnrolmentTicket, void, undefined> {
    return this.#caller.pages(apiPath(`${formatRegistryName(parent)}/enrolmentTickets`), 'tickets');
  }

  async revokeTicket(parent: RegistryName, id: string): Promise<void> {
    await this.#caller.call('DELETE', apiPath(`${formatRegistryName(parent)}/enrolmentTickets/${id}`));
  }

  /** The units that the registry's stations have registered, also those whose devices were deleted. */
  listUnits(parent: RegistryName, { station, mac }: UnitFilter = {}): AsyncGenerator<ProvisionedUnit, void, undefined> {
    return this.#caller.pages(apiPath(`${formatRegistryName(parent)}/units`), 'units', { query: { station, mac } });
  }

  /** Lets a retired unit be registered once more. */
  async releaseUnit(project: string, mac: string, why: string): Promise<void> {
    await this.#caller.call('POST', apiPath(`projects/${project}/units`, 'release'), { body: { mac, why } });
  }

  /** Sends a station's records, as many as there are; each has its own answer, in their order. */
  async *register(records: readonly SignedUnitRecord[]): AsyncGenerator<RegisteredUnit, void, undefined> {
    for (let at = 0; at < records.length; at += RECORDS_PER_CALL) {
      const { units } = await this.#caller.call<{ readonly units: readonly RegisteredUnit[] }>(
        'POST',
        '/v1/unitRecords:register',
        { body: { records: records.slice(at, at + RECORDS_PER_CALL) } },
      );
      yield* units;
    }
  }

  /** As a board does. Throws `ENROLMENT_REFUSED`, whatever the reason. */
  redeem(enrolment: Enrolment): Promise<{ readonly deviceNumId: string }> {
    return this.#caller.call('POST', '/v1/enrolmentTickets:redeem', { body: enrolment });
  }
}

function stationsPath(parent: RegistryName): string {
  return apiPath(`${formatRegistryName(parent)}/stations`);
}
