import type { Role } from '../contract/permissions.ts';
import { type ApiCaller, apiPath } from './clientCaller.ts';

/** An API token as it is listed: its secret is known to its holder alone. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Name of the only registry it is good for. */
  readonly registry?: string;
  readonly createTime: string;
  readonly expireTime?: string;
  /** To the minute. */
  readonly lastUsedTime?: string;
}

/** A token with its secret, which is shown once. */
export interface IssuedToken extends ApiToken {
  readonly token: string;
}

/** What is said of a token that is to be made. */
export type TokenFields = Pick<ApiToken, 'name' | 'role' | 'registry' | 'expireTime'>;

/** API tokens of people and machines. */
export class TokensClient {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  create(project: string, fields: TokenFields): Promise<IssuedToken> {
    return this.#caller.call('POST', apiPath(`projects/${project}/tokens`), { body: fields });
  }

  list(project: string): AsyncGenerator<ApiToken, void, undefined> {
    return this.#caller.pages(apiPath(`projects/${project}/tokens`), 'tokens');
  }

  async revoke(project: string, id: string): Promise<void> {
    await this.#caller.call('DELETE', apiPath(`projects/${project}/tokens/${id}`));
  }
}
