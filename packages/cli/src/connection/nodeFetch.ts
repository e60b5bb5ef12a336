import type { ApiFetch } from '@mkiot/core/api/clientCaller';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { connectionError } from './connectionErrors.ts';
import { hostOf } from './serverUrl.ts';

/** Where a server is: its socket on this machine, or an address with the one certificate authority that it may have. */
export type ServerAddress =
  | { readonly socketPath: string }
  | {
      readonly url: URL;
      /** PEM; undefined: any authority that the system trusts. */
      readonly ca: string | undefined;
    };

/** A transport for the API client that keeps its connections until it is closed. */
export interface NodeFetch extends Disposable {
  readonly fetch: ApiFetch;
}

/** @param interrupted ends every call */
export function nodeFetch(address: ServerAddress, interrupted: AbortSignal): NodeFetch {
  const { agent, send, server } = clientOf(address);
  return {
    fetch: (path, { method, headers, body, signal = interrupted }) =>
      new Promise((resolve, reject) => {
        const options = { agent, path, method, headers, signal: AbortSignal.any([signal, interrupted]) };
        const request = send(options, (message) => resolve(responseOf(message)));
        request.on('error', (error) => reject(explain(error, server)));
        request.end(body);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

interface SendOptions {
  readonly agent: HttpAgent;
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

type Send = (options: SendOptions, answered: (message: IncomingMessage) => void) => ReturnType<typeof httpRequest>;

function clientOf(address: ServerAddress): { agent: HttpAgent; send: Send; server: string } {
  if ('socketPath' in address) {
    const { socketPath } = address;
    const agent = new HttpAgent({ keepAlive: true });
    return {
      agent,
      server: socketPath,
      send: (options, answered) => httpRequest({ ...options, socketPath }, answered),
    };
  }
  const { url, ca } = address;
  const where = { host: hostOf(url), port: url.port };
  if (url.protocol === 'http:') {
    const agent = new HttpAgent({ keepAlive: true });
    return { agent, server: url.origin, send: (options, answered) => httpRequest({ ...where, ...options }, answered) };
  }
  const agent = new HttpsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) });
  return { agent, server: url.origin, send: (options, answered) => httpsRequest({ ...where, ...options }, answered) };
}

function responseOf(message: IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  return new Response(status === 204 ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>), { status });
}

const NO_CONNECTION: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'nothing listens there',
  ENOTFOUND: 'its name is unknown',
  EAI_AGAIN: 'its name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ECONNRESET: 'the connection broke',
  EPROTO: 'it does not speak TLS',
};

const NO_TRUST: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'another authority issued it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'another authority issued it',
  SELF_SIGNED_CERT_IN_CHAIN: 'another authority issued it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody issued it',
  CERT_SIGNATURE_FAILURE: 'its signature is wrong',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
};

/** Puts what a socket reports into words. */
export function explain(error: Error, server: string): Error {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const distrust = NO_TRUST[code];
  if (distrust !== undefined) return connectionError('SERVER_NOT_TRUSTED', { server, reason: distrust }, error);
  const reason = NO_CONNECTION[code] ?? (error.message || code);
  return error.name === 'AbortError' ? error : connectionError('CANNOT_CONNECT', { server, reason }, error);
}
