// WICG, "Web Serial API", §4 "SerialPort Interface".
import { ROM_BAUD } from './connectLoader.ts';
import type { PortLines, SerialPort } from './serialPort.ts';

/** What of a Web Serial `SerialPort` the station uses. */
export interface WebSerialDevice {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { readonly baudRate: number; readonly bufferSize: number }): Promise<void>;
  close(): Promise<void>;
  setSignals(signals: { readonly dataTerminalReady: boolean; readonly requestToSend: boolean }): Promise<void>;
}

/** What a browser keeps until the page reads it: a block of log at full speed while the page draws. */
const BUFFER_BYTES = 0x10000;

/** A serial port that a user of a browser has chosen. */
export class WebSerial implements SerialPort, AsyncDisposable {
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  readonly hasLines = true;
  readonly #device: WebSerialDevice;
  readonly #closing = new AbortController();
  #baud: number;
  #lines: PortLines | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #pumping: Promise<void> = Promise.resolve();

  private constructor(device: WebSerialDevice, baud: number) {
    this.#device = device;
    this.#baud = baud;
  }

  /** @throws DOMException as the browser does, as where another program has the port */
  static async open(device: WebSerialDevice): Promise<WebSerial> {
    const port = new WebSerial(device, ROM_BAUD);
    await port.#open();
    return port;
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** Resolves when the browser has taken the bytes, however slow the line is; what is written to a lost port is lost. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#unlessLost(async () => this.#writer?.write(bytes));
  }

  /** A port of the web has one speed from its opening to its closing. What comes between is lost. */
  async setBaud(baud: number): Promise<void> {
    if (baud === this.#baud) return;
    this.#baud = baud;
    await this.#unlessLost(async () => {
      await this.#close();
      await this.#open();
      // Opening raises both lines, which is no reset: lowered together, they are none either.
      if (this.#lines !== undefined) await this.#signal(this.#lines);
    });
  }

  async setLines(lines: PortLines): Promise<void> {
    this.#lines = lines;
    await this.#unlessLost(() => this.#signal(lines));
  }

  /** Gives the port back, also a lost one, which could not be opened again else. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#unlessLost(() => this.#close());
    if (this.closed.aborted) {
      this.#writer?.releaseLock();
      await this.#pumping;
      await this.#device.close().catch(() => undefined);
    }
    this.#closing.abort();
  }

  #signal({ dtr, rts }: PortLines): Promise<void> {
    return this.#device.setSignals({ dataTerminalReady: dtr, requestToSend: rts });
  }

  async #open(): Promise<void> {
    await this.#device.open({ baudRate: this.#baud, bufferSize: BUFFER_BYTES });
    this.#writer = this.#device.writable?.getWriter();
    this.#pumping = this.#pump();
  }

  /** What was written goes out before. */
  async #close(): Promise<void> {
    const [writer, reader] = [this.#writer, this.#reader];
    this.#writer = undefined;
    this.#reader = undefined;
    await writer?.close();
    writer?.releaseLock();
    await reader?.cancel();
    await this.#pumping;
    await this.#device.close();
  }

  /** An error of the line (a break, bytes that came too fast) ends a stream, and the port has a new one; no new one: it is gone. */
  async #pump(): Promise<void> {
    for (let { readable } = this.#device; readable !== null; readable = this.#device.readable) {
      const reader = readable.getReader();
      this.#reader = reader;
      try {
        for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
          if (value !== undefined) this.onBytes?.(value);
        }
        return;
      } catch {
        continue;
      } finally {
        reader.releaseLock();
      }
    }
    this.#closing.abort();
  }

  async #unlessLost(work: () => Promise<void>): Promise<void> {
    if (this.closed.aborted) return;
    try {
      await work();
    } catch {
      this.#closing.abort();
    }
  }
}
