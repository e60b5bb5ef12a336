import type { ApiCaller } from './clientCaller.ts';
import type { IssuedToken } from './clientTokens.ts';

/** The one-time link by which an installation gets its first administrator. */
export class SetupClient {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /** Trades the code of a set-up link, which works once, for an administrator's token. */
  exchange(code: string): Promise<IssuedToken> {
    return this.#caller.call('POST', '/v1/setup:exchange', { body: { code } });
  }

  /** Makes a code for a set-up link; the one before it is worthless then. */
  issue(): Promise<{ readonly code: string; readonly expireTime: string }> {
    return this.#caller.call('POST', '/v1/setup:issue', { body: {} });
  }
}
