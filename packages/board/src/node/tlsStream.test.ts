import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { TlsOptions, TLSSocket } from 'node:tls';
import { utf8Decode, utf8Encode } from '@mkiot/core/bytes/bytes';
import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { wants } from '../../../../test/support/wants.ts';
import type { ByteStream } from '../device/connection/byteStream.ts';
import { type Certified, TestAuthority, TestFolder, TestTlsServer } from './tlsBench.testing.ts';
import { tlsOpener } from './tlsStream.ts';

const openssl = wants('openssl');

let folder: TestFolder;
let ours: TestAuthority;
let theirs: TestAuthority;
before(async () => {
  folder = await TestFolder.make();
  if (openssl.skip !== undefined) return;
  ours = await TestAuthority.make(folder.path);
  theirs = await TestAuthority.make(folder.path);
});
after(() => folder[Symbol.asyncDispose]());

const never = new AbortController().signal;

interface Attempt {
  readonly certified: Certified;
  readonly caPem: string;
  readonly host?: string;
  readonly options?: TlsOptions;
}

/** Connects, says hello and returns what the server echoes. `received` sees every byte the server could decrypt. */
async function hello({ certified, caPem, host, options }: Attempt, received: Uint8Array[] = []): Promise<string> {
  const echo = (socket: TLSSocket): void => {
    socket.on('data', (chunk: Uint8Array) => {
      received.push(chunk);
      socket.end(chunk);
    });
  };
  await using server = await TestTlsServer.listen({ ...certified, ...options }, echo);
  const open = tlsOpener({ host: host ?? 'localhost', port: server.port, caPem }, new VirtualClock());
  const stream = await open(never);
  await stream.write(utf8Encode('hello'));
  return textOf(stream);
}

async function textOf(stream: ByteStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.chunks) text += utf8Decode(chunk);
  stream.close();
  return text;
}

test('bytes go to and fro with a server of our authority, by name and by address', openssl, async () => {
  const certified = await ours.issue('DNS:localhost,IP:127.0.0.1');
  const caPem = await ours.pem;
  assert.equal(await hello({ certified, caPem }), 'hello');
  assert.equal(await hello({ certified, caPem, host: '127.0.0.1' }), 'hello');
  assert.equal(await hello({ certified, caPem: `${await theirs.pem}${caPem}` }), 'hello', 'one of two authorities');
});

const distrusted: readonly (readonly [string, () => Promise<Attempt>, RegExp])[] = [
  [
    'of another authority',
    async () => ({ certified: await theirs.issue('DNS:localhost'), caPem: await ours.pem }),
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED/,
  ],
  [
    'with another name',
    async () => ({ certified: await ours.issue('DNS:other.local'), caPem: await ours.pem }),
    /ERR_TLS_CERT_ALTNAME_INVALID/,
  ],
  [
    'whose certificate is for its name when its address is asked for',
    async () => ({ certified: await ours.issue('DNS:localhost'), caPem: await ours.pem, host: '127.0.0.1' }),
    /ERR_TLS_CERT_ALTNAME_INVALID/,
  ],
];
for (const [what, attempt, detail] of distrusted) {
  test(`a server ${what} is not trusted and gets not one byte`, openssl, async () => {
    const received: Uint8Array[] = [];
    await assert.rejects(hello(await attempt(), received), {
      code: 'SERVER_NOT_TRUSTED',
      message: new RegExp(`${detail.source}.*Nothing was sent`),
    });
    assert.deepEqual(received, []);
  });
}

test('a server that speaks only TLS 1.1 is refused', openssl, async () => {
  const options = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const certified = await ours.issue('DNS:localhost');
  await assert.rejects(hello({ certified, caPem: await ours.pem, options }), { code: 'SERVER_UNREACHABLE' });
});

test('without an authority, or with something else in its place, no way to a server is made', openssl, async () => {
  const { key } = await ours.issue('DNS:localhost');
  const broken = (await ours.pem).replace(/\n[A-Za-z0-9+/=]+\n-----END/, '\n-----END');
  for (const caPem of ['', ' ', 'no certificate', key, broken]) {
    const server = { host: 'localhost', port: 8_883, caPem };
    assert.throws(() => tlsOpener(server, new VirtualClock()), { code: 'CA_INVALID', message: /mkiot ca export/ });
  }
});

test('where nobody listens there is no connection', openssl, async () => {
  const { port } = await TestTlsServer.listen(await ours.issue('DNS:localhost'), () => undefined).then(
    async (server) => {
      await server[Symbol.asyncDispose]();
      return server;
    },
  );
  const open = tlsOpener({ host: '127.0.0.1', port, caPem: await ours.pem }, new VirtualClock());
  await assert.rejects(open(never), { code: 'SERVER_UNREACHABLE', message: /ECONNREFUSED/ });
});

test('connecting to a server that never answers ends when it is aborted', openssl, async () => {
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer((socket) => accepted.resolve(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const giveUp = new AbortController();
  const connecting = tlsOpener({ host: '127.0.0.1', port, caPem: await ours.pem }, new VirtualClock())(giveUp.signal);
  const socket = await accepted.promise;
  giveUp.abort();
  await assert.rejects(connecting, { code: 'SERVER_UNREACHABLE' });
  await once(socket.resume(), 'close');
  server.close();
  await assert.rejects(
    tlsOpener({ host: '127.0.0.1', port, caPem: await ours.pem }, new VirtualClock())(giveUp.signal),
  );
});

test('what was written before a close still arrives', openssl, async () => {
  const whole = Promise.withResolvers<number>();
  const count = (socket: TLSSocket): void => {
    let bytes = 0;
    socket.on('data', (chunk: Uint8Array) => (bytes += chunk.length)).on('end', () => whole.resolve(bytes));
  };
  await using server = await TestTlsServer.listen(await ours.issue('DNS:localhost'), count);
  const open = tlsOpener({ host: 'localhost', port: server.port, caPem: await ours.pem }, new VirtualClock());
  const stream = await open(never);
  void stream.write(new Uint8Array(1_000_000));
  stream.close();
  assert.equal(await whole.promise, 1_000_000);
});

test('a peer that never reads holds up a writer, and a closed connection only for a while', openssl, async () => {
  const accepted = Promise.withResolvers<TLSSocket>();
  await using server = await TestTlsServer.listen(await ours.issue('DNS:localhost'), (socket) =>
    accepted.resolve(socket.pause()),
  );
  const clock = new VirtualClock();
  const stream = await tlsOpener({ host: 'localhost', port: server.port, caPem: await ours.pem }, clock)(never);
  const peer = await accepted.promise;
  let written = false;
  // More than the buffers of the kernel hold.
  const writing = stream.write(new Uint8Array(64_000_000)).then(() => (written = true));
  stream.close();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(written, false);
  clock.advance(5_000);
  await writing;
  await new Promise((resolve) => peer.resume().once('close', resolve));
});
