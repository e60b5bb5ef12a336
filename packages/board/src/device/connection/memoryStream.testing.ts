import type { ByteStream } from './byteStream.ts';

/** One direction of a connection in memory. */
class Pipe {
  readonly #chunks: Uint8Array[] = [];
  #state: 'open' | 'ended' | 'broken' = 'open';
  #changed = Promise.withResolvers<void>();
  readonly #capacityBytes: number;

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** Resolves when less than the capacity waits to be read, or nobody will read any more. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#state !== 'open') return;
    this.#chunks.push(bytes.slice());
    this.#change();
    while (this.#state === 'open' && this.#waitingBytes() >= this.#capacityBytes) await this.#changed.promise;
  }

  end(): void {
    if (this.#state === 'open') this.#state = 'ended';
    this.#change();
  }

  /** What was written and not read is lost. */
  break(): void {
    this.#chunks.length = 0;
    this.#state = 'broken';
    this.#change();
  }

  async *read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#change();
        yield chunk;
      } else if (this.#state === 'ended') return;
      else if (this.#state === 'broken') throw new Error('connection reset');
      else await this.#changed.promise;
    }
  }

  #waitingBytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** Two ends of one connection in memory. */
export interface StreamPair {
  readonly client: ByteStream;
  readonly server: ByteStream;
  /** Breaks the connection as a pulled plug does: both ends fail, what was under way is lost. */
  readonly cut: () => void;
}

export function streamPair(capacityBytes: number = 65_536): StreamPair {
  const [up, down] = [new Pipe(capacityBytes), new Pipe(capacityBytes)];
  const endOf = (incoming: Pipe, outgoing: Pipe): ByteStream => ({
    chunks: incoming.read(),
    write: (bytes) => outgoing.write(bytes),
    close: () => {
      outgoing.end();
      incoming.end();
    },
  });
  const cut = (): void => {
    up.break();
    down.break();
  };
  return { client: endOf(down, up), server: endOf(up, down), cut };
}
