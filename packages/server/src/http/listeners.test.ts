import { systemClock } from '@mkiot/core/clock/systemClock';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { type Agent, get, type IncomingMessage, request } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect as tlsConnect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { z } from '@hono/zod-openapi';
import { serverCertificate } from '../bridge/tls.testing.ts';
import { issueAuthority } from '../certificates/issueCertificates.ts';
import { exceptOnBun } from '../runtime/javascriptRuntime.testing.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { apiRoute, type Caller } from './apiRoute.ts';
import { type Api, createApi } from './createApi.ts';
import { listenHttps, listenLoopback, listenUnixSocket } from './listeners.ts';
import { message, noBody } from './protoJson.ts';

const run = promisify(execFile);
const LOCAL: Caller = { principal: 'local:test', allows: () => true };

/** @param aborted called when the caller of a stream has gone */
function api(aborted: () => void = () => undefined): Api {
  const common = {
    method: 'get',
    params: z.object({}),
    query: message({}),
    body: noBody,
    result: z.object({}),
  } as const;
  const routes = [
    apiRoute({
      ...common,
      path: '/v1/who',
      operation: 'who',
      summary: 'Tells who calls.',
      permission: 'public',
      handle: async ({ caller, remoteAddress }) => ({ principal: caller.principal, remoteAddress }),
    }),
    apiRoute({
      ...common,
      path: '/v1/watch',
      operation: 'watch',
      summary: 'Never ends.',
      permission: 'public',
      streams: true,
      handle: async ({ signal }) =>
        new ReadableStream<Uint8Array>({
          start(controller) {
            signal.addEventListener('abort', aborted);
            controller.enqueue(Buffer.from('{}\n'));
          },
        }),
    }),
  ];
  return createApi(routes, {
    authenticate: () => assert.fail('no route asks'),
    logger: { error: (entry: unknown) => assert.fail(String(entry)) },
    randomFill: (bytes) => bytes,
    version: '0',
    health: () => [],
  });
}

async function answerOf(incoming: IncomingMessage): Promise<{ status: number | undefined; body: unknown }> {
  return { status: incoming.statusCode, body: JSON.parse(await text(incoming)) };
}

function getJson(options: {
  port?: number;
  host?: string;
  socketPath?: string;
  path?: string;
  headers?: Record<string, string>;
  agent?: Agent | false;
}) {
  return new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
    get({ path: '/v1/who', agent: false, ...options }, (incoming) => void answerOf(incoming).then(resolve, reject)).on(
      'error',
      reject,
    );
  });
}

test('plain HTTP on this machine is served on both loopback addresses, for the names of this machine only', async (t) => {
  const listener = await listenLoopback(api(), systemClock, { port: 0 });
  t.after(() => listener.close(0));
  const { port } = listener;
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const hasIpv6 = addresses.some(({ address }) => address === '::1');
  for (const host of ['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])]) {
    const answer = await getJson({ host, port });
    assert.deepEqual(answer, { status: 200, body: { principal: 'anonymous', remoteAddress: host } });
  }
  for (const headers of [
    { host: `evil.example:${port}` },
    { host: `localhost:${port}`, origin: 'https://evil.example' },
  ]) {
    const { status, body } = await getJson({ host: '127.0.0.1', port, headers });
    assert.equal(status, 403);
    assert.match(JSON.stringify(body), /ORIGIN_FORBIDDEN/);
  }
});

test('a busy port is told with its address', async (t) => {
  const first = await listenLoopback(api(), systemClock, { port: 0 });
  t.after(() => first.close(0));
  await assert.rejects(listenLoopback(api(), systemClock, { port: first.port }), {
    code: 'LISTEN_FAILED',
    message: new RegExp(`127.0.0.1 port ${first.port}: EADDRINUSE`),
  });
});

const takesOver = exceptOnBun('its HTTP server takes over no connections');
test('a connection that another listener secured is served, and closing ends it too', takesOver, async (t) => {
  const served = await serverCertificate(await issueAuthority('Test authority', Date.now(), randomFill));
  const https = await listenHttps(api(), systemClock, { host: '127.0.0.1', port: 0, ...served });
  const other = createTlsServer(served, (socket) => https.accept?.(socket)).listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const connect = () => tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false });

  const idle = connect().resume();
  idle.write('GET /v1/who HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [answer] = (await once(idle, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1.1 200 .*"remoteAddress":"127.0.0.1"/s);
  const watching = connect().resume();
  watching.write('GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(watching, 'data');
  const ended = Promise.all([once(idle, 'close'), once(watching, 'close')]);
  await https.close(0);
  await ended;
});

test('the unix socket is open to its owner only, and whoever comes in is the local administrator', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mkiot-sock-'));
  try {
    const path = join(folder, 'admin.sock');
    const listener = await listenUnixSocket(api(), systemClock, { path, caller: LOCAL });
    t.after(() => listener.close(0));
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const answer = await getJson({ socketPath: path });
    assert.deepEqual(answer, { status: 200, body: { principal: 'local:test', remoteAddress: '' } });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a stream is told when its caller goes away, and a closing listener cuts the streams that stay', async (t) => {
  const gone = new EventEmitter();
  const listener = await listenLoopback(
    api(() => gone.emit('gone')),
    systemClock,
    { port: 0 },
  );
  t.after(() => listener.close(0));
  const open = async (): Promise<IncomingMessage> => {
    const call = request({ host: '127.0.0.1', port: listener.port, path: '/v1/watch', agent: false }).end();
    const [incoming] = (await once(call, 'response')) as [IncomingMessage];
    await once(incoming, 'data');
    return incoming;
  };
  const [leaving, staying] = [await open(), await open()];
  staying.on('error', () => undefined);
  const first = once(gone, 'gone');
  leaving.destroy();
  await first;
  const second = once(gone, 'gone');
  await listener.close(10);
  await second;
});

async function hasOpenssl(): Promise<boolean> {
  return run('openssl', ['version']).then(
    () => true,
    () => false,
  );
}

async function certificate(folder: string, name: string): Promise<{ key: string; cert: string }> {
  const files = { key: join(folder, `${name}.key`), cert: join(folder, `${name}.crt`) };
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', files.key];
  await run('openssl', ['req', '-x509', ...newKey, '-days', '2', ...subject, '-out', files.cert]);
  return { key: await readFile(files.key, 'utf8'), cert: await readFile(files.cert, 'utf8') };
}

test(
  'HTTPS exchanges its certificate while a connection goes on, and refuses old TLS',
  { skip: !(await hasOpenssl()) && 'openssl is not installed', ...exceptOnBun('its HTTPS server is replaced') },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'mkiot-https-'));
    try {
      const [first, second] = [await certificate(folder, 'first'), await certificate(folder, 'second')];
      const listener = await listenHttps(api(), systemClock, { host: '127.0.0.1', port: 0, ...first });
      t.after(() => listener.close(0));
      const ask = (agent: HttpsAgent, ca: string) =>
        new Promise<{ name: string | undefined; status: number | undefined }>((resolve, reject) => {
          const options = {
            host: '127.0.0.1',
            port: listener.port,
            path: '/v1/who',
            servername: 'localhost',
            ca,
            agent,
          };
          httpsGet(options, (incoming) => {
            const { subject } = (incoming.socket as TLSSocket).getPeerCertificate();
            const answered = () => resolve({ name: String(subject.CN), status: incoming.statusCode });
            text(incoming).then(answered, reject);
          }).on('error', reject);
        });

      const kept = new HttpsAgent({ keepAlive: true, maxSockets: 1 });
      assert.deepEqual(await ask(kept, first.cert), { name: 'first', status: 200 });
      await listener.setSecureContext(second);
      assert.deepEqual(await ask(kept, first.cert), { name: 'first', status: 200 });
      const fresh = new HttpsAgent({ keepAlive: false });
      assert.deepEqual(await ask(fresh, second.cert), { name: 'second', status: 200 });

      const handshake = (options: { maxVersion: 'TLSv1.1' | 'TLSv1.2'; ciphers?: string }) =>
        new Promise<string>((resolve) => {
          const socket = tlsConnect({
            host: '127.0.0.1',
            port: listener.port,
            ca: second.cert,
            servername: 'localhost',
            minVersion: 'TLSv1',
            ...options,
          });
          socket.on('secureConnect', () => {
            resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
            socket.destroy();
          });
          socket.on('error', () => resolve('refused'));
        });
      assert.match(await handshake({ maxVersion: 'TLSv1.2' }), /^TLSv1\.2 ECDHE-ECDSA-.*(GCM|POLY1305)/);
      assert.equal(await handshake({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }), 'refused');
      assert.equal(await handshake({ maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }), 'refused');
      const resumed = async (maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<boolean> => {
        const options = {
          host: '127.0.0.1',
          port: listener.port,
          ca: second.cert,
          servername: 'localhost',
          maxVersion,
        };
        const socket = tlsConnect(options);
        await once(socket, 'secureConnect');
        socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
        await once(socket, 'data');
        const session = socket.getSession();
        socket.destroy();
        assert.ok(session !== undefined);
        const again = tlsConnect({ ...options, session });
        await once(again, 'secureConnect');
        const isReused = again.isSessionReused();
        again.destroy();
        return isReused;
      };
      assert.deepEqual([await resumed('TLSv1.2'), await resumed('TLSv1.3')], [false, false]);
      kept.destroy();
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
