import { ApiClient } from '@mkiot/core/api/client';
import type { DeviceFields, DevicesClient } from '@mkiot/core/api/clientDevices';
import type { RegistriesClient } from '@mkiot/core/api/clientRegistries';
import type { ReceivedMessage } from '@mkiot/core/api/resources';
import type { Role } from '@mkiot/core/contract/permissions';
import { type DeviceName, formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { DeviceKey } from './deviceKey.ts';

/** Where a platform of the test is reached. */
export interface PlatformAddress {
  readonly project: string;
  readonly mqttPort: number;
  readonly httpsPort: number;
  readonly loopbackPort: number;
  /** Where MQTT and HTTPS share a port. */
  readonly sharedPort?: number;
  readonly dataFolder: string;
  readonly caFile: string;
}

/** An event as a subscription delivers it, its payload as text. */
export interface PulledEvent {
  readonly attributes: Readonly<Record<string, string>>;
  readonly payload: string;
}

/** A device of the default registry with a key of its own. */
export interface TestDevice {
  readonly name: DeviceName;
  /** The name as text: also the MQTT client identifier. */
  readonly clientId: string;
  readonly numId: string;
  /** `/devices/{device}/{rest}` */
  topic(rest: string): string;
  /** What a client needs to connect as this device to the platform at `address`, with a fresh token. */
  login(address?: PlatformAddress): DeviceLogin;
}

/** Where and as whom a client connects: over TLS, trusting only the authority in `caFile`. */
export interface DeviceLogin {
  readonly port: number;
  readonly caFile: string;
  readonly clientId: string;
  readonly password: string;
}

const SUBSCRIPTION = 'test';

/** An administrator who drives a platform through its public API. */
export class PlatformUser {
  readonly address: PlatformAddress;
  readonly adminToken: string;
  readonly #api: ApiClient;

  constructor(address: PlatformAddress, adminToken: string) {
    this.address = address;
    this.adminToken = adminToken;
    this.#api = apiAt(address, adminToken);
  }

  get devices(): DevicesClient {
    return this.#api.devices;
  }

  get registries(): RegistriesClient {
    return this.#api.registries;
  }

  async createDevice(id: string, fields: DeviceFields = {}, key: DeviceKey = new DeviceKey()): Promise<TestDevice> {
    const { project } = this.address;
    const name = { project, location: 'local', registry: 'default', device: id };
    const publicKey = { format: 'ES256_PEM', key: key.publicKeyPem } as const;
    const { numId } = await this.devices.create(name, id, { credentials: [{ publicKey }], ...fields });
    const clientId = formatDeviceName(name);
    return {
      name,
      clientId,
      numId,
      topic: (rest) => `/devices/${id}/${rest}`,
      login: ({ mqttPort: port, caFile } = this.address) => ({ port, caFile, clientId, password: key.token(project) }),
    };
  }

  async createToken(role: Role): Promise<string> {
    return (await this.#api.tokens.create(this.address.project, { name: role, role })).token;
  }

  /** All of the default registry. */
  async revokeStations(): Promise<void> {
    const { provisioning } = this.#api;
    const registry = { project: this.address.project, location: 'local', registry: 'default' };
    for await (const { id } of provisioning.listStations(registry)) await provisioning.revokeStation(registry, id);
  }

  /** Begins to keep events for {@link pullEvents}. */
  async subscribeToEvents(): Promise<void> {
    await this.#api.subscriptions.create(this.address.project, SUBSCRIPTION);
  }

  /** The next `count` events in the order of their receipt, acknowledged; waits for them. */
  async pullEvents(count: number): Promise<readonly PulledEvent[]> {
    const events: PulledEvent[] = [];
    while (events.length < count) events.push(...(await this.#pull(count - events.length, false)));
    return events;
  }

  /** The events that are in the log now and have not been pulled, acknowledged. */
  async pullAllEvents(): Promise<readonly PulledEvent[]> {
    const events: PulledEvent[] = [];
    for (let more = await this.#pull(1000, true); more.length > 0; more = await this.#pull(1000, true))
      events.push(...more);
    return events;
  }

  async #pull(maxMessages: number, returnImmediately: boolean): Promise<readonly PulledEvent[]> {
    const { subscriptions } = this.#api;
    const { project } = this.address;
    const { receivedMessages } = await subscriptions.pull(project, SUBSCRIPTION, { maxMessages, returnImmediately });
    const ackIds = receivedMessages.map(({ ackId }) => ackId);
    if (ackIds.length > 0) await subscriptions.acknowledge(project, SUBSCRIPTION, ackIds);
    return receivedMessages.map(pulledEvent);
  }
}

/** Trades the set-up code of a new platform for its first admin token, as its owner does. */
export async function takeOwnership(address: PlatformAddress, setupCode: string): Promise<string> {
  return (await apiAt(address).setup.exchange(setupCode)).token;
}

function apiAt({ loopbackPort }: PlatformAddress, token?: string): ApiClient {
  return new ApiClient((path, init) => fetch(`http://127.0.0.1:${loopbackPort}${path}`, init), token);
}

function pulledEvent({ message: { attributes, data } }: ReceivedMessage): PulledEvent {
  return { attributes, payload: Buffer.from(data, 'base64').toString() };
}
