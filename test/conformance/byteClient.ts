import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Only a server that fails lets anybody wait so long. */
const PATIENCE_MS = 1_500;

/** A TCP client that reads what it is told to, in bytes. */
export class ByteClient {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #hasEnded = false;
  #changed = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#change();
    });
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.#hasEnded = true;
        this.#change();
      });
    }
  }

  static async connect(port: number): Promise<ByteClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    return new ByteClient(socket);
  }

  send(bytes: Uint8Array): void {
    if (!this.#hasEnded) this.#socket.write(bytes);
  }

  /** The next `length` bytes, fewer when the stream ended before; `undefined` when nothing came in time. */
  async read(length: number): Promise<Buffer | undefined> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    const isLate = new Promise<void>((resolve) => late.addEventListener('abort', () => resolve()));
    while (this.#received.length < length && !this.#hasEnded && !late.aborted) {
      await Promise.race([this.#changed.promise, isLate]);
    }
    if (this.#received.length < length && !this.#hasEnded) return undefined;
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }

  /** A whole packet of less than 128 bytes. */
  async readPacket(): Promise<Buffer | undefined> {
    const header = await this.read(2);
    const body = header?.length === 2 ? await this.read(header[1] as number) : undefined;
    return header === undefined || body === undefined ? header : Buffer.concat([header, body]);
  }

  close(): void {
    this.#socket.destroy();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
