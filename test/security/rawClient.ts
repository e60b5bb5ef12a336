import { type Packet, encodePacket } from '@mkiot/core/mqtt/packet';
import { PacketParser } from '@mkiot/core/mqtt/packetParser';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { DeviceLogin } from '../support/platformUser.ts';

/** A TLS client that says any bytes and hears packets. */
export class RawClient implements AsyncDisposable {
  readonly socket: TLSSocket;
  /** All that the server has said until its end. */
  readonly heard: Promise<readonly Packet[]>;
  readonly #tcp: Socket;
  readonly #login: DeviceLogin;
  readonly #level: ProtocolLevel;
  readonly #packets: Packet[] = [];
  readonly #first = Promise.withResolvers<Packet | undefined>();

  private constructor(tcp: Socket, socket: TLSSocket, login: DeviceLogin, level: ProtocolLevel) {
    this.socket = socket;
    this.#tcp = tcp;
    this.#login = login;
    this.#level = level;
    const parser = new PacketParser({ from: 'SERVER', level, maxPacketBytes: 1 << 20 });
    socket.on('data', (chunk: Buffer) => {
      parser.push(new Uint8Array(chunk));
      for (let packet = parser.next(); packet !== undefined; packet = parser.next()) this.#packets.push(packet);
      this.#first.resolve(this.#packets[0]);
    });
    // A reset ends it as well as a goodbye does.
    socket.on('error', () => undefined);
    this.heard = new Promise((resolve) => {
      for (const event of ['end', 'close']) {
        socket.on(event, () => {
          this.#first.resolve(undefined);
          resolve(this.#packets);
        });
      }
    });
  }

  /** Resolves after the handshake. */
  static async connect(login: DeviceLogin, level: ProtocolLevel): Promise<RawClient> {
    const { port, caFile } = login;
    const tcp = connectTcp({ host: 'localhost', port });
    const socket = connectTls({ socket: tcp, host: 'localhost', ca: readFileSync(caFile) });
    await once(socket, 'secureConnect');
    return new RawClient(tcp, socket, login, level);
  }

  get connectPacket(): Packet {
    return {
      type: 'CONNECT',
      protocolLevel: this.#level,
      clientId: this.#login.clientId,
      cleanSession: true,
      keepAliveSeconds: 60,
      will: undefined,
      userName: 'unused',
      password: Buffer.from(this.#login.password),
    };
  }

  send(packet: Packet): void {
    this.socket.write(encodePacket(packet, this.#level));
  }

  /** Logs in; resolves to the first packet that comes, or to nothing at the end of the connection. */
  logIn(): Promise<Packet | undefined> {
    this.send(this.connectPacket);
    return this.#first.promise;
  }

  /** Ends the connection as a crash does: without a goodbye of TLS or TCP. */
  reset(): void {
    this.#tcp.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    this.#tcp.destroy();
    await this.heard;
  }
}
