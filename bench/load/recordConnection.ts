import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { benchError } from '../benchErrors.ts';
import type { Login } from './job.ts';
import type { LoginClient } from './login.ts';
import { RecordCounter, RecordSealer } from './tlsRecords.ts';

/** Bytes under which node:tls has sent its records: the CONNECT, and nothing else. */
const RECORDS_OF_LOGIN = 1;
const RECEIVE_BYTES = 65_536;
const SECRET_LINE = /^CLIENT_TRAFFIC_SECRET_0 \w+ (\w+)\n?$/;

/**
 * A logged-in connection whose records the load makes itself. node:tls would spend more CPU on a record than the servers
 * do, and it merges what is written in one turn: each message has to have a record of its own, as devices send it.
 */
export class RecordConnection {
  readonly clientId: string;
  readonly sealer: RecordSealer;
  readonly #socket: Socket;
  readonly #carrier: Carrier;

  private constructor(clientId: string, sealer: RecordSealer, socket: Socket, carrier: Carrier) {
    this.clientId = clientId;
    this.sealer = sealer;
    this.#socket = socket;
    this.#carrier = carrier;
  }

  /** @throws what a failed login does, and `LOAD_TLS_UNEXPECTED` */
  static async open(client: LoginClient, login: Login, receiveBuffer: ReceiveBuffer): Promise<RecordConnection> {
    const carrier = new Carrier(client, receiveBuffer);
    const tls = client.connectTls(carrier);
    let secret = '';
    tls.on('keylog', (line: Buffer) => (secret = SECRET_LINE.exec(line.toString('latin1'))?.[1] ?? secret));
    await client.logIn(tls, login);
    if (secret === '') {
      throw benchError('LOAD_TLS_UNEXPECTED', { clientId: login.clientId, what: 'it is not TLS 1.3' });
    }
    const sealer = new RecordSealer(Buffer.from(secret, 'hex'), RECORDS_OF_LOGIN);
    return new RecordConnection(login.clientId, sealer, carrier.socket, carrier);
  }

  /** From now on `answered` is told how many bytes of content the server has sent. */
  onAnswer(answered: (contentBytes: number) => void, lost: (error: Error) => void): void {
    const counter = new RecordCounter();
    const { clientId } = this;
    this.#carrier.divert((chunk, length) => {
      const contentBytes = counter.count(chunk, length);
      if (contentBytes === undefined)
        lost(benchError('LOAD_TLS_UNEXPECTED', { clientId, what: 'no application data' }));
      else if (contentBytes > 0) answered(contentBytes);
    });
    this.#socket.once('close', () => lost(benchError('LOAD_CONNECTION_LOST', { clientId })));
  }

  /** `records` must stay as they are until their answer has come. */
  write(records: Uint8Array): void {
    this.#socket.write(records);
  }
}

/** Where the bytes of all connections arrive, one read at a time. */
export class ReceiveBuffer {
  readonly bytes: Uint8Array = new Uint8Array(RECEIVE_BYTES);
}

type Receive = (chunk: Uint8Array, length: number) => void;

/** Carries the bytes of node:tls over a TCP connection until what comes is diverted. */
class Carrier extends Duplex {
  readonly socket: Socket;
  #receive: Receive = (chunk, length) => void this.push(Buffer.copyBytesFrom(chunk, 0, length));

  constructor(client: LoginClient, { bytes }: ReceiveBuffer) {
    super();
    const callback = (length: number, chunk: Uint8Array): boolean => {
      this.#receive(chunk, length);
      return true;
    };
    this.socket = connect({ ...client.nextPath(), noDelay: true, onread: { buffer: bytes, callback } });
    this.socket.on('error', (error) => this.destroy(error));
    this.socket.on('close', () => this.push(null));
  }

  divert(receive: Receive): void {
    this.#receive = receive;
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, done);
  }
}
