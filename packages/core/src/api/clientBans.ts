import { type ApiCaller, apiPath } from './clientCaller.ts';

/** An address from which no device is let in for a while. */
export interface Ban {
  /** An IPv4 address, or a /64 network of IPv6. */
  readonly address: string;
  readonly cause: 'PROTOCOL_GARBAGE' | 'HANDSHAKE_FLOOD';
  readonly startTime: string;
  readonly expireTime: string;
  /** Connections that were not taken since. */
  readonly refusedConnections: string;
}

/** Addresses that send nothing but garbage or handshakes. */
export class BansClient {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  list(project: string): AsyncGenerator<Ban, void, undefined> {
    return this.#caller.pages(apiPath(`projects/${project}/bans`), 'bans');
  }

  /** @param address as it is listed, or any of a listed network */
  async lift(project: string, address: string): Promise<void> {
    await this.#caller.call('POST', apiPath(`projects/${project}/bans`, 'lift'), { body: { address } });
  }
}
