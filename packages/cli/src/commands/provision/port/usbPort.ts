import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { ROM_BAUD } from '@mkiot/esp32/serial/connectLoader';
import type { PortLines, SerialPort } from '@mkiot/esp32/serial/serialPort';
import type { BindingPortInterface } from '@serialport/bindings-cpp';
import { EventEmitter } from 'node:events';
import { portError } from './portErrors.ts';
import type { SerialBindings } from './serialBindings.ts';

const READ_BYTES = 0x10000;
/** How long a pulled cable can stay unnoticed. */
const LOOK_EVERY_MS = 1_000;

/** A serial port of this computer, which nobody else can open while it is open here. */
export class UsbPort implements SerialPort, AsyncDisposable {
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  /** A pseudo-terminal has none, and some cables have not. */
  readonly hasLines: boolean;
  readonly #path: string;
  readonly #port: BindingPortInterface;
  readonly #closing = new AbortController();
  readonly #looking: NodeJS.Timeout;
  /** The system takes one write at a time. */
  #written: Promise<void> = Promise.resolve();

  private constructor(path: string, port: BindingPortInterface, hasLines: boolean) {
    this.#path = path;
    this.#port = port;
    this.hasLines = hasLines;
    this.#looking = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    void this.#read();
  }

  /** @throws `PORT_NOT_FOUND`, `PORT_NOT_PERMITTED`, `PORT_BUSY`, `PORT_UNREACHABLE` */
  static async open(path: string, bindings: Pick<SerialBindings, 'open'>): Promise<UsbPort> {
    const port = await bindings.open({ path, baudRate: ROM_BAUD, lock: true }).catch((error: unknown) => {
      throw explainOpening(path, error as Error);
    });
    const hasLines = await port.get().then(
      () => true,
      () => false,
    );
    wakeAfterEvents(port);
    return new UsbPort(path, port, hasLines);
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { buffer, byteOffset, length } = bytes;
    const written = this.#written.then(() => this.#port.write(Buffer.from(buffer, byteOffset, length)));
    this.#written = written.catch(() => this.#close());
    await this.#written;
  }

  /** What was written before still goes out at the old speed. @throws `PORT_BAUD_REFUSED` */
  async setBaud(baud: number): Promise<void> {
    await this.#written;
    await this.#try(async () => {
      await this.#port.drain();
      await this.#port.update({ baudRate: baud }).catch((error: unknown) => {
        const detail = systemReason(error as Error);
        throw isUnplugged(detail) ? error : portError('PORT_BAUD_REFUSED', { port: this.#path, baud, detail }, error);
      });
    });
  }

  async setLines({ dtr, rts }: PortLines): Promise<void> {
    if (this.hasLines) await this.#try(() => this.#port.set({ dtr, rts }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  /** A port that is gone says so by `closed`, whatever was asked of it. */
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      if (this.#port.isOpen) await work();
    } catch (error) {
      if (error instanceof MkiotError) throw error;
      await this.#close();
    }
  }

  async #read(): Promise<void> {
    const buffer = Buffer.alloc(READ_BYTES);
    try {
      for (;;) {
        const { bytesRead } = await this.#port.read(buffer, 0, READ_BYTES);
        this.onBytes?.(Uint8Array.from(buffer.subarray(0, bytesRead)));
      }
    } catch {
      await this.#close();
    }
  }

  /** A port that is hung up while it is read answers the bindings with no bytes, and they ask again for ever. */
  async #look(): Promise<void> {
    try {
      await this.#port.get();
    } catch (error) {
      if (isUnplugged(systemReason(error as Error))) await this.#close();
    }
  }

  async #close(): Promise<void> {
    clearInterval(this.#looking);
    this.#closing.abort();
    // The system may have taken its file away already.
    if (this.#port.isOpen) await this.#port.close().catch(() => {});
  }
}

/**
 * The bindings of version 13 tell of events of the system outside of Node's callbacks. What waits for the promise that they settle
 * would go on at some later event, since Node 26.4: an immediate is one.
 */
function wakeAfterEvents(port: BindingPortInterface): void {
  if (!('poller' in port) || !(port.poller instanceof EventEmitter)) return;
  for (const event of ['readable', 'writable']) port.poller.on(event, () => void setImmediate(() => {}));
}

/** The bindings tell of errors in words of the system alone. */
const OPENING = [
  [/No such file|File not found|cannot find/i, 'PORT_NOT_FOUND'],
  [/Permission denied|Operation not permitted/i, 'PORT_NOT_PERMITTED'],
  // Windows calls a port that somebody has "access denied"; there nobody needs a permission.
  [/Cannot lock port|busy|Access (?:is )?denied/i, 'PORT_BUSY'],
] as const;

function explainOpening(port: string, error: Error): MkiotError {
  const code = OPENING.find(([words]) => words.test(error.message))?.[1] ?? 'PORT_UNREACHABLE';
  return portError(code, { port, detail: systemReason(error) }, error);
}

function isUnplugged(reason: string): boolean {
  return /No such device|Input\/output error|Bad file/i.test(reason);
}

/** "Error: Inappropriate ioctl for device setting custom baud rate of 115200" begins with the system's own words. */
function systemReason({ message }: Error): string {
  return message.replace(/^(?:Error:? )+/, '').replace(/,? (?:cannot |setting |\|\| while ).*$/, '');
}
