import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import type { DeviceSocket, DeviceSocketEvents } from '../connection/deviceSocket.ts';
import type { TlsExporter } from '../hooks.ts';

/** A socket of `Bun.listen`, as far as it is used here. */
export interface NativeSocket {
  data: BunSocket;
  readonly remoteAddress: string | undefined;
  /** @returns how many bytes were taken; the rest has to wait for `drain`. Negative: it is closed */
  write(bytes: Uint8Array): number;
  /** Says goodbye, and goes on reading. `end` does too, but after it `close` is not heard before the other side goes. */
  shutdown(): void;
  /** Closes at once. */
  close(): void;
  pause(): void;
  resume(): void;
  /** @param seconds 0: silence ends nothing */
  timeout(seconds: number): void;
  getTLSVersion(): string;
  exportKeyingMaterial(bytes: number, label: string, context: Buffer): Buffer;
}

/** What of a write the kernel has not taken. */
interface Write {
  readonly bytes: Uint8Array;
  readonly written: () => void;
}

const NO_CONTEXT = Buffer.alloc(0);

/** A connection that Bun carries without a stream of Node: like a socket of Node. */
export class BunSocket extends EventEmitter<DeviceSocketEvents> implements DeviceSocket {
  /** `undefined` when it has gone already. */
  readonly remoteAddress: string | undefined;
  readonly #native: NativeSocket;
  readonly #unsent: Write[] = [];
  #unsentBytes = 0;
  #isPaused = false;
  #isEnded = false;
  #isDestroyed = false;

  constructor(native: NativeSocket) {
    super();
    this.#native = native;
    this.remoteAddress = native.remoteAddress;
    native.data = this;
    // Bun would tell of two minutes of silence; keep-alives are the bridge's.
    native.timeout(0);
  }

  get destroyed(): boolean {
    return this.#isDestroyed;
  }

  get writableLength(): number {
    return this.#unsentBytes;
  }

  /** As `tlsExporterOf` has it for sockets of Node. */
  get tlsExporter(): TlsExporter | undefined {
    if (this.#native.getTLSVersion() !== 'TLSv1.3') return undefined;
    return (label, bytes) => this.#native.exportKeyingMaterial(bytes, label, NO_CONTEXT);
  }

  /** @param written called at once where the kernel takes all of it at once */
  write(bytes: Uint8Array, written: () => void): void {
    if (this.#isDestroyed || this.#isEnded) return;
    const isNext = this.#unsent.length === 0;
    const sentBytes = isNext ? this.#send(bytes) : 0;
    if (isNext && sentBytes === bytes.length) {
      written();
    } else {
      this.#unsent.push({ bytes: bytes.subarray(sentBytes), written });
      this.#unsentBytes += bytes.length - sentBytes;
    }
  }

  end(): void {
    if (this.#isDestroyed || this.#isEnded) return;
    this.#isEnded = true;
    if (this.#unsent.length === 0) this.#native.shutdown();
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#native.close();
  }

  pause(): void {
    if (this.#isPaused || this.#isDestroyed) return;
    this.#isPaused = true;
    this.#native.pause();
  }

  resume(): void {
    if (!this.#isPaused || this.#isDestroyed) return;
    this.#isPaused = false;
    this.#native.resume();
  }

  /** Bytes of the device, which nobody else has. */
  received(chunk: Uint8Array): void {
    if (!this.#isDestroyed) this.emit('data', chunk);
  }

  /** The kernel has room again. */
  drained(): void {
    let first = this.#unsent[0];
    if (first === undefined) return;
    for (; first !== undefined; first = this.#unsent[0]) {
      const { bytes, written } = first;
      const sentBytes = this.#send(bytes);
      this.#unsentBytes -= sentBytes;
      if (sentBytes < bytes.length) {
        this.#unsent[0] = { bytes: bytes.subarray(sentBytes), written };
        return;
      }
      this.#unsent.shift();
      written();
    }
    if (this.#isEnded && !this.#isDestroyed) this.#native.shutdown();
  }

  /** The device has said its last word. */
  ended(): void {
    if (!this.#isDestroyed) this.emit('end');
  }

  /** The connection is no more. */
  closed(error: Error | undefined): void {
    // As with Node's sockets, what fails after its destruction fails unheard: perhaps nobody listens any more.
    const isHeard = !this.#isDestroyed && this.listenerCount('error') > 0;
    this.#isDestroyed = true;
    // As with Node's sockets, not before the caller has gone on: `close` of the native socket tells at once.
    queueMicrotask(() => {
      if (error !== undefined && isHeard) this.emit('error', error);
      this.emit('close');
    });
  }

  /** @returns how many bytes have left; none when the connection is no more, which `close` tells */
  #send(bytes: Uint8Array): number {
    return this.#isDestroyed ? 0 : Math.max(0, this.#native.write(bytes));
  }
}
