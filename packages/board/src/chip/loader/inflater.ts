import { LoaderFailure } from './loaderStatus.ts';

/**
 * Takes a zlib stream in pieces and hands out what is in it. As the flasher stub, it takes the next piece before all of the
 * last one has been dealt with; a failure shows with one of the next pieces, at the latest at the end.
 */
export class Inflater {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  /** Rejects with what went wrong; resolves when all has been handed out. */
  readonly #handedOut: Promise<void>;

  /** @param sink its errors are those of `push` and `end` */
  constructor(sink: (bytes: Uint8Array) => Promise<void>) {
    const stream = new DecompressionStream('deflate');
    this.#writer = stream.writable.getWriter();
    this.#handedOut = handOut(stream.readable, sink);
    this.#handedOut.catch(() => {});
  }

  /** @throws LoaderFailure `inflate`, or what the sink has thrown */
  async push(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    // The stream fails with the sink, but its own error says nothing of why.
    await Promise.race([this.#writer.write(bytes), this.#handedOut]).catch(() => this.#handedOut);
  }

  /** The last piece has been pushed: waits until all has been handed out. Throws as `push` does. */
  async end(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#handedOut;
  }

  /** Gives up. */
  abandon(): void {
    this.#writer.abort().catch(() => {});
  }
}

async function handOut(
  readable: ReadableStream<Uint8Array>,
  sink: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const reader = readable.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new LoaderFailure('inflate');
    });
    if (done) return;
    try {
      await sink(value);
    } catch (error) {
      reader.cancel().catch(() => {});
      throw error;
    }
  }
}
