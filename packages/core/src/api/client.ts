import { AuditTrailClient } from './clientAuditTrail.ts';
import { BansClient } from './clientBans.ts';
import { ApiCaller, type ApiFetch } from './clientCaller.ts';
import { DevicesClient } from './clientDevices.ts';
import { EventsClient } from './clientEvents.ts';
import { ProvisioningClient } from './clientProvisioning.ts';
import { RegistriesClient } from './clientRegistries.ts';
import { SetupClient } from './clientSetup.ts';
import { SubscriptionsClient } from './clientSubscriptions.ts';
import { TokensClient } from './clientTokens.ts';
import type { CallerInfo } from './resources.ts';

/**
 * The API of a MkIoT server: Cloud IoT v1 and MkIoT's own calls. Every method throws an `MkiotError`: the server's with
 * its code, or `SERVER_UNREACHABLE`, `SERVER_ANSWER_MALFORMED`.
 *
 * @example
 * const api = new ApiClient((path, init) => fetch(`https://iot.example:8443${path}`, init), token);
 * for await (const device of api.devices.list({ project, location: 'local', registry: 'default' })) show(device.id);
 */
export class ApiClient {
  readonly registries: RegistriesClient;
  readonly devices: DevicesClient;
  readonly subscriptions: SubscriptionsClient;
  readonly events: EventsClient;
  readonly tokens: TokensClient;
  readonly auditTrail: AuditTrailClient;
  readonly bans: BansClient;
  readonly provisioning: ProvisioningClient;
  readonly setup: SetupClient;
  readonly #caller: ApiCaller;

  /** @param token an API token; undefined where the transport itself says who calls, as the admin socket does */
  constructor(fetch: ApiFetch, token?: string) {
    this.#caller = new ApiCaller(fetch, token);
    this.registries = new RegistriesClient(this.#caller);
    this.devices = new DevicesClient(this.#caller);
    this.subscriptions = new SubscriptionsClient(this.#caller);
    this.events = new EventsClient(this.#caller);
    this.tokens = new TokensClient(this.#caller);
    this.auditTrail = new AuditTrailClient(this.#caller);
    this.bans = new BansClient(this.#caller);
    this.provisioning = new ProvisioningClient(this.#caller);
    this.setup = new SetupClient(this.#caller);
  }

  /** Who this client is for the server, and what short names mean there. */
  whoami(): Promise<CallerInfo> {
    return this.#caller.call('GET', '/v1/whoami');
  }
}
