import { systemClock } from '@mkiot/core/clock/systemClock';
import { z } from '@hono/zod-openapi';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { BridgeBench } from '../bridge/bridge.testing.ts';
import { serverCertificate } from '../bridge/tls.testing.ts';
import { TicketKeys } from '../bridge/listener/ticketKeys.ts';
import { type CertifiedKey, issueAuthority } from '../certificates/issueCertificates.ts';
import { apiRoute } from '../http/apiRoute.ts';
import { createApi } from '../http/createApi.ts';
import { type HttpsListener, listenHttps } from '../http/listeners.ts';
import { message } from '../http/protoJson.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { listenShared, type SharedPort } from './listenShared.ts';

/** Answers how long the text in the body is. */
const measure = apiRoute({
  method: 'post',
  path: '/v1/measure',
  operation: 'measure',
  summary: 'Measures a text.',
  permission: 'authenticated',
  authenticate: async () => ({ principal: 'test', allows: () => false }),
  params: z.object({}),
  query: message({}),
  body: message({ text: z.string().default('') }),
  result: z.object({}),
  handle: async ({ body, remoteAddress }) => ({ length: body.text.length, remoteAddress }),
});

/** A shared port on a virtual clock before a real MQTT bridge and a real HTTPS listener. */
export class SharedPortBench implements AsyncDisposable {
  readonly bench: BridgeBench;
  readonly authority: CertifiedKey;
  readonly certificate: CertifiedKey;
  readonly https: HttpsListener;
  readonly shared: SharedPort;
  readonly refusals: string[];
  readonly #sockets: TLSSocket[] = [];

  private constructor(
    parts: Pick<SharedPortBench, 'bench' | 'authority' | 'certificate' | 'https' | 'shared' | 'refusals'>,
  ) {
    this.bench = parts.bench;
    this.authority = parts.authority;
    this.certificate = parts.certificate;
    this.https = parts.https;
    this.shared = parts.shared;
    this.refusals = parts.refusals;
  }

  static async open(): Promise<SharedPortBench> {
    const bench = new BridgeBench();
    const authority = await issueAuthority('Test authority', Date.now(), randomFill);
    const certificate = await serverCertificate(authority);
    const api = createApi([measure], {
      authenticate: () => Promise.reject(new Error('no route has API tokens')),
      logger: bench.log,
      randomFill,
      version: '0',
      health: () => [],
    });
    const https = await listenHttps(api, systemClock, { host: '127.0.0.1', port: 0, ...certificate });
    const refusals: string[] = [];
    const shared = await listenShared({
      host: '127.0.0.1',
      port: 0,
      certificate,
      clock: bench.clock,
      ticketKeys: new TicketKeys(bench.clock, randomFill),
      log: bench.log,
      takers: { mqtt: bench.bridge.accept, http: (socket) => https.accept?.(socket) },
      refused: (address, reason) => void refusals.push(`${address} ${reason.message}`),
    });
    return new SharedPortBench({ bench, authority, certificate, https, shared, refusals });
  }

  /** A TLS connection after its handshake. Without ALPN unless `options` says so. */
  async connect(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const socket = connect({
      host: '127.0.0.1',
      port: this.shared.port,
      ca: this.authority.cert,
      servername: 'localhost',
      ...options,
    });
    this.#sockets.push(socket);
    socket.setNoDelay(true);
    await once(socket, 'secureConnect');
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.shared.close();
    await this.https.close(0);
    await this.bench.bridge.close();
  }
}

/** A request for `measure` as its bytes. */
export function measureRequest(length: number): Buffer {
  const body = JSON.stringify({ text: 'a'.repeat(length) });
  const head = `POST /v1/measure HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.from(head + body);
}

/** What the connection answers until it ends: status and body of an HTTP response. */
export async function answerOn(socket: TLSSocket): Promise<{ status: number; body: unknown }> {
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body: body === '' ? undefined : JSON.parse(body) };
}
