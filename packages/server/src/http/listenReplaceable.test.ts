import { systemClock } from '@mkiot/core/clock/systemClock';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, type SecureContextOptions } from 'node:tls';
import { serverCertificate } from '../bridge/tls.testing.ts';
import { type CertifiedKey, issueAuthority } from '../certificates/issueCertificates.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { listenReplaceable } from './listenReplaceable.ts';
import type { Listener } from './listeners.ts';

const authority = await issueAuthority('Test authority', systemClock.now(), randomFill);
const aCertificate = (): Promise<CertifiedKey> => serverCertificate(authority);

/** Servers that answer `/` at once and anything else when they are told. */
class Servers {
  opened = 0;
  readonly #late: (() => void)[] = [];

  readonly open = async ({ port, ...context }: SecureContextOptions & { readonly port: number }): Promise<Listener> => {
    const server = createServer(context, ({ url }, answer) => {
      if (url === '/') answer.end('done');
      else this.#late.push(() => answer.end('late'));
    });
    server.listen({ host: '127.0.0.1', port });
    await once(server, 'listening');
    this.opened++;
    return {
      port: (server.address() as AddressInfo).port,
      close: () => new Promise((resolve) => void server.close(() => resolve())),
    };
  };

  async allAsked(count: number): Promise<void> {
    while (this.#late.length < count) await new Promise(setImmediate);
  }

  answer(): void {
    for (const answer of this.#late) answer();
  }
}

async function ask(port: number, path: string): Promise<{ readonly serial: string; readonly answer: Promise<string> }> {
  const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: authority.cert });
  await once(socket, 'secureConnect');
  const { serialNumber: serial } = socket.getPeerCertificate();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { serial, answer: once(socket, 'close').then(() => text) };
}

test('who connects after the exchange gets the new certificate at the same port', async () => {
  const servers = new Servers();
  const listener = await listenReplaceable({ ...(await aCertificate()), port: 0 }, servers.open);
  const serials = new Set([(await ask(listener.port, '/')).serial]);
  await listener.setSecureContext(await aCertificate());
  serials.add((await ask(listener.port, '/')).serial);
  const [third, fourth] = [await aCertificate(), await aCertificate()];
  await Promise.all([listener.setSecureContext(third), listener.setSecureContext(fourth)]);
  const { serial, answer } = await ask(listener.port, '/');
  assert.match(await answer, /^HTTP\/1.1 200[^]*done/);
  assert.equal(serials.add(serial).size, 3);
  assert.equal(servers.opened, 4);
  await listener.close();
});

test('a call that runs while the certificate is exchanged is answered, and closing waits for it', async () => {
  const servers = new Servers();
  const listener = await listenReplaceable({ ...(await aCertificate()), port: 0 }, servers.open);
  const { answer } = await ask(listener.port, '/late');
  await servers.allAsked(1);
  await listener.setSecureContext(await aCertificate());
  let isClosed = false;
  const closed = listener.close().then(() => (isClosed = true));
  await new Promise(setImmediate);
  assert.equal(isClosed, false);
  servers.answer();
  assert.match(await answer, /late/);
  await closed;
});

test('an exchange that fails is told, and the next one mends it', async () => {
  const servers = new Servers();
  let isBroken = false;
  const listener = await listenReplaceable({ ...(await aCertificate()), port: 0 }, async (context) => {
    if (isBroken) throw new Error('no port');
    return servers.open(context);
  });
  isBroken = true;
  await assert.rejects(listener.setSecureContext(await aCertificate()), /no port/);
  isBroken = false;
  await listener.setSecureContext(await aCertificate());
  assert.match(await (await ask(listener.port, '/')).answer, /done/);
  await listener.close();
});
