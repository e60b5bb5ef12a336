import { MkiotError } from '../errors/mkiotError.ts';
import { type Status, STATUSES } from '../errors/status.ts';
import { clientError } from './clientErrors.ts';
import { readJsonLines } from './clientStream.ts';

/**
 * What carries a call to the server. In a browser it is `fetch`; the command line has one for a private certificate
 * authority and for the admin socket. `path` begins with `/`.
 */
export type ApiFetch = (path: string, init: ApiFetchInit) => Promise<Response>;

export interface ApiFetchInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export type QueryValue = string | number | readonly (string | number)[] | undefined;

/** What a call takes beside its method and path. */
export interface CallOptions {
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Makes calls and turns what goes wrong into `MkiotError`s: the server's own with its code, or those of this file. */
export class ApiCaller {
  readonly #fetch: ApiFetch;
  readonly #token: string | undefined;

  /** @param token sent as `Authorization: Bearer`; undefined where the transport itself says who calls */
  constructor(fetch: ApiFetch, token?: string) {
    this.#fetch = fetch;
    this.#token = token;
  }

  /** The JSON answer of one call. */
  async call<Result>(method: string, path: string, options: CallOptions = {}): Promise<Result> {
    const response = await this.#respond(method, path, options);
    return (await readJson(response, method, path)) as Result;
  }

  /** The values of a call that answers with newline-delimited JSON, as they arrive. */
  async *stream<Item>(method: string, path: string, options: CallOptions = {}): AsyncGenerator<Item, void, undefined> {
    const response = await this.#respond(method, path, options);
    if (response.body === null) return;
    try {
      yield* readJsonLines(response.body) as AsyncGenerator<Item, void, undefined>;
    } catch (error) {
      options.signal?.throwIfAborted();
      throw error;
    }
  }

  /** Every item of a list call, page after page. */
  async *pages<Item>(path: string, member: string, options: CallOptions = {}): AsyncGenerator<Item, void, undefined> {
    let pageToken: string | undefined;
    do {
      const query = { ...options.query, pageToken };
      const page = await this.call<Record<string, unknown>>('GET', path, { ...options, query });
      yield* (page[member] ?? []) as Item[];
      pageToken = (page['nextPageToken'] as string | undefined) || undefined;
    } while (pageToken !== undefined);
  }

  async #respond(method: string, path: string, options: CallOptions): Promise<Response> {
    const target = path + queryText(options.query ?? {});
    const response = await this.#fetch(target, this.#init(method, options)).catch((error: unknown) => {
      options.signal?.throwIfAborted();
      if (error instanceof MkiotError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw clientError('SERVER_UNREACHABLE', { method, path, reason }, error);
    });
    if (!response.ok) throw await problemOf(response, method, path);
    return response;
  }

  #init(method: string, options: CallOptions): ApiFetchInit {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.#token !== undefined) headers['authorization'] = `Bearer ${this.#token}`;
    if (options.body !== undefined) headers['content-type'] = 'application/json';
    return {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
  }
}

/** `/v1/` and `name` with each segment encoded: ids may hold `%` and `+`. */
export function apiPath(name: string, verb = ''): string {
  return `/v1/${name.split('/').map(encodeURIComponent).join('/')}${verb === '' ? '' : `:${verb}`}`;
}

function queryText(query: Readonly<Record<string, QueryValue>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => [name, String(one)] as [string, string]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

async function readJson(response: Response, method: string, path: string): Promise<object> {
  const value: unknown = await response.json().catch((error: unknown) => {
    throw clientError('SERVER_ANSWER_MALFORMED', { method, path, http: response.status, reason: 'no JSON' }, error);
  });
  if (typeof value === 'object' && value !== null) return value;
  throw clientError('SERVER_ANSWER_MALFORMED', { method, path, http: response.status, reason: 'no JSON object' });
}

/** The server's error with its own code, as the `ErrorInfo` of a problem response carries it. */
async function problemOf(response: Response, method: string, path: string): Promise<MkiotError> {
  const { error } = (await readJson(response, method, path)) as { error?: Record<string, unknown> };
  const details = Array.isArray(error?.['details']) ? (error['details'] as Record<string, unknown>[]) : [];
  const code = details.find((detail) => typeof detail['reason'] === 'string')?.['reason'];
  const { message, status } = error ?? {};
  if (typeof code !== 'string' || typeof message !== 'string' || typeof status !== 'string' || !isStatus(status)) {
    const reason = 'no problem response';
    return clientError('SERVER_ANSWER_MALFORMED', { method, path, http: response.status, reason });
  }
  return new MkiotError(code, { status, blame: response.status < 500 ? 'caller' : 'peer', message });
}

function isStatus(text: string): text is Status {
  return Object.hasOwn(STATUSES, text);
}
