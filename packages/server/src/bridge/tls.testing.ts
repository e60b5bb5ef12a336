import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { type CertifiedKey, issueAuthority, issueServerCertificate } from '../certificates/issueCertificates.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import type { AddressWatch } from './addressWatch.ts';
import { BridgeBench } from './bridge.testing.ts';
import type { DeviceListener } from './listener/deviceListener.ts';
import { listenForDevices } from './listener/listenForDevices.ts';
import { TicketKeys } from './listener/ticketKeys.ts';

/** A bridge behind TLS on a free loopback port, on a virtual clock; disposing it closes both and all its clients. */
export class TlsBench implements AsyncDisposable {
  readonly bench: BridgeBench;
  readonly authority: CertifiedKey;
  readonly listener: DeviceListener;
  readonly #sockets: Socket[] = [];

  private constructor(bench: BridgeBench, authority: CertifiedKey, listener: DeviceListener) {
    this.bench = bench;
    this.authority = authority;
    this.listener = listener;
  }

  static async open(watch?: AddressWatch): Promise<TlsBench> {
    const bench = new BridgeBench();
    const authority = await issueAuthority('Test authority', Date.now(), randomFill);
    const listener = await listenForDevices({
      host: '127.0.0.1',
      port: 0,
      certificate: await serverCertificate(authority),
      ticketKeys: new TicketKeys(bench.clock, randomFill),
      clock: bench.clock,
      log: bench.log,
      watch,
      accept: bench.bridge.accept,
    });
    return new TlsBench(bench, authority, listener);
  }

  /** A TLS client; resolves after the handshake. */
  async tls(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const { port } = this.listener;
    const socket = connectTls({
      host: '127.0.0.1',
      port,
      ca: this.authority.cert,
      servername: 'localhost',
      ...options,
    });
    this.#sockets.push(socket);
    await once(socket, 'secureConnect');
    return socket;
  }

  /** A TCP client that has not begun with TLS. */
  async tcp(): Promise<Socket> {
    const socket = connectTcp({ host: '127.0.0.1', port: this.listener.port });
    this.#sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.listener.close();
    await this.bench.bridge.close();
  }
}

export function serverCertificate(authority: CertifiedKey): Promise<CertifiedKey> {
  return issueServerCertificate(authority, { names: ['localhost'], addresses: ['127.0.0.1'] }, Date.now(), randomFill);
}
