import type { VirtualChip } from '../virtualChip.ts';

/** What of a Web Serial `SerialOptions` matters here. */
export interface PortOptions {
  readonly baudRate: number;
}

/** A Web Serial `SerialOutputSignals`. */
export interface PortSignals {
  readonly dataTerminalReady?: boolean;
  readonly requestToSend?: boolean;
}

/**
 * The serial port of a virtual chip as a `SerialPort` of Web Serial (WICG, "Web Serial API"): what flashing tools for a
 * browser take. One tool at a time; what comes while it is closed is lost.
 *
 * @example
 * const loader = new ESPLoader({ transport: new Transport(new WebSerialPort(chip)), baudrate: 115200 });
 */
export class WebSerialPort {
  readonly #chip: VirtualChip;
  #input: ReadableStreamDefaultController<Uint8Array> | undefined;
  readable: ReadableStream<Uint8Array> | null = null;
  writable: WritableStream<Uint8Array> | null = null;

  constructor(chip: VirtualChip) {
    this.#chip = chip;
  }

  /** Of a board with a chip that turns USB into a serial line, nothing is known. */
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number } {
    return {};
  }

  /** @throws InvalidStateError when it is open */
  async open({ baudRate }: PortOptions): Promise<void> {
    if (this.readable !== null) throw new DOMException('The port is already open.', 'InvalidStateError');
    const { serial } = this.#chip;
    serial.baud = baudRate;
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#input = controller;
      },
      cancel: () => {
        this.#input = undefined;
      },
    });
    this.writable = new WritableStream<Uint8Array>({ write: (bytes) => serial.write(bytes) });
    serial.onBytes = (bytes) => this.#input?.enqueue(bytes);
  }

  /** Closes it; who reads gets to the end. */
  async close(): Promise<void> {
    const { serial } = this.#chip;
    serial.onBytes = undefined;
    serial.baud = undefined;
    this.#input?.close();
    this.#input = undefined;
    this.readable = null;
    this.writable = null;
  }

  async setSignals({ dataTerminalReady, requestToSend }: PortSignals): Promise<void> {
    this.#chip.setControlLines({
      ...(dataTerminalReady === undefined ? {} : { dtr: dataTerminalReady }),
      ...(requestToSend === undefined ? {} : { rts: requestToSend }),
    });
  }
}
