import { getRequestListener } from '@hono/node-server';
import type { Clock } from '@mkiot/core/clock/clock';
import { constants } from 'node:crypto';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, ListenOptions } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { withoutIpv4Mapping } from '../runtime/ipAddress.ts';
import { javascriptRuntime } from '../runtime/javascriptRuntime.ts';
import { listenProblem } from '../runtime/listenProblem.ts';
import { TLS_POLICY } from '../runtime/tlsPolicy.ts';
import type { Caller } from './apiRoute.ts';
import type { Api, Connection } from './createApi.ts';
import { httpError } from './httpErrors.ts';
import { listenReplaceable } from './listenReplaceable.ts';
import { isMeantForLoopback } from './loopback.ts';
import { problemOf } from './problem.ts';

/** Something that serves the API until it is closed. */
export interface Listener {
  /** 0 on a unix socket. */
  readonly port: number;
  /** Takes no more connections, lets running calls end for `graceMs`, then cuts what is left. */
  close(graceMs?: number): Promise<void>;
}

/** An HTTPS listener, whose certificate can be exchanged. */
export interface HttpsListener extends Listener {
  /** New connections get the new certificate, open ones go on with the old. @throws `LISTEN_FAILED` on Bun */
  setSecureContext(context: SecureContextOptions): Promise<void>;
  /**
   * Takes over a connection that another listener has accepted and secured. Bytes may have been read and put back.
   * `undefined` on Bun, whose HTTP server would set no limit to the time that such a connection takes for a request.
   */
  readonly accept: ((socket: TLSSocket) => void) | undefined;
}

/** No session tickets: their key would open what was recorded, and callers of an API come back too seldom to miss them. */
const TLS_OPTIONS: SecureContextOptions = {
  ...TLS_POLICY,
  secureOptions: TLS_POLICY.secureOptions | constants.SSL_OP_NO_TICKET,
};

/** A request has to be there within these; an answer may take as long as it likes. */
const SERVER_OPTIONS: ServerOptions = { headersTimeout: 15_000, requestTimeout: 60_000, keepAliveTimeout: 10_000 };

const HANDSHAKE_MS = 10_000;
const GRACE_MS = 2_000;

/** @param host undefined: every address of the machine */
export async function listenHttps(
  api: Api,
  clock: Clock,
  { host, port, ...context }: SecureContextOptions & { readonly host?: string | undefined; readonly port: number },
): Promise<HttpsListener> {
  const options = { ...SERVER_OPTIONS, handshakeTimeout: HANDSHAKE_MS };
  const where = host === undefined ? {} : { host };
  const takenOver = new Set<TLSSocket>();
  if (javascriptRuntime.name === 'Bun') {
    return listenReplaceable({ ...context, port }, ({ port: wanted, ...next }) => {
      const server = createHttpsServer({ ...options, ...next, ...TLS_OPTIONS }, serving(api, remoteConnection));
      return listen(server, clock, { ...where, port: wanted });
    });
  }
  const server = createHttpsServer({ ...options, ...context, ...TLS_OPTIONS }, serving(api, remoteConnection));
  const listener = await listen(server, clock, { ...where, port }, takenOver);
  return {
    ...listener,
    setSecureContext: async (next) => server.setSecureContext({ ...next, ...TLS_OPTIONS }),
    accept(socket) {
      takenOver.add(socket);
      socket.once('close', () => takenOver.delete(socket));
      // The event by which Node's own listener hands on what it has secured.
      server.emit('secureConnection', socket);
    },
  };
}

/** Plain HTTP on 127.0.0.1 and, where the machine has it, [::1], on the same port. */
export async function listenLoopback(api: Api, clock: Clock, { port }: { readonly port: number }): Promise<Listener> {
  const guarded = (actualPort: () => number): RequestListener =>
    serving({ fetch: (request, connection) => guard(api, actualPort(), request, connection) }, remoteConnection);
  const ipv4Server = createServer(
    SERVER_OPTIONS,
    guarded(() => ipv4.port),
  );
  const ipv4: Listener = await listen(ipv4Server, clock, { host: '127.0.0.1', port });
  const ipv6Server = createServer(
    SERVER_OPTIONS,
    guarded(() => ipv4.port),
  );
  const ipv6 = await listen(ipv6Server, clock, { host: '::1', port: ipv4.port }).catch((error: unknown) => {
    if (isWithoutIpv6(error)) return undefined;
    return ipv4.close().then(() => Promise.reject(error));
  });
  return {
    port: ipv4.port,
    close: async (graceMs) => void (await Promise.all([ipv4.close(graceMs), ipv6?.close(graceMs)])),
  };
}

/** A unix socket that only its owner may open, in a folder that is private already: whoever comes in is `caller`. */
export async function listenUnixSocket(
  api: Api,
  clock: Clock,
  { path, caller }: { readonly path: string; readonly caller: Caller },
): Promise<Listener> {
  const server = createServer(
    SERVER_OPTIONS,
    serving(api, () => ({ remoteAddress: '', caller })),
  );
  const listener = await listen(server, clock, { path });
  await chmod(path, 0o600);
  return listener;
}

type Serves = { fetch(request: Request, connection: Connection): Response | Promise<Response> };

function serving(api: Serves, connectionOf: (incoming: IncomingMessage) => Connection): RequestListener {
  const listener = getRequestListener(
    (request, { incoming }) => api.fetch(request, connectionOf(incoming as IncomingMessage)),
    { overrideGlobalObjects: false },
  );
  return (incoming, outgoing) => void listener(incoming, outgoing);
}

function remoteConnection(incoming: IncomingMessage): Connection {
  return { remoteAddress: withoutIpv4Mapping(incoming.socket.remoteAddress ?? '') };
}

function guard(api: Serves, port: number, request: Request, connection: Connection): Response | Promise<Response> {
  if (isMeantForLoopback(request.headers, port)) return api.fetch(request, connection);
  const { http, body } = problemOf(httpError('ORIGIN_FORBIDDEN'));
  return Response.json(body, { status: http });
}

/** @param takenOver connections that came from elsewhere: closing waits for them too */
async function listen(
  server: Server,
  clock: Clock,
  where: ListenOptions,
  takenOver: ReadonlySet<TLSSocket> = new Set(),
): Promise<Listener> {
  server.listen(where);
  try {
    await once(server, 'listening');
  } catch (error) {
    const address = where.path ?? `${where.host ?? '*'} port ${where.port}`;
    throw httpError('LISTEN_FAILED', { address, ...(await listenProblem(error, where.port)) }, error);
  }
  // A connection that could not be accepted is lost by itself; the next one may be.
  server.on('error', () => undefined);
  const address = server.address() as AddressInfo | string;
  return {
    port: typeof address === 'string' ? 0 : address.port,
    close: (graceMs) => close(server, clock, takenOver, graceMs),
  };
}

async function close(
  server: Server,
  clock: Clock,
  takenOver: ReadonlySet<TLSSocket>,
  graceMs = GRACE_MS,
): Promise<void> {
  const cut = clock.setTimer(graceMs, () => server.closeAllConnections());
  await new Promise((resolve) => void server.close(resolve));
  await Promise.all([...takenOver].map((socket) => once(socket, 'close')));
  cut.cancel();
}

function isWithoutIpv6(error: unknown): boolean {
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  return cause?.code === 'EADDRNOTAVAIL' || cause?.code === 'EAFNOSUPPORT';
}
