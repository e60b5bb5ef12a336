// WICG, "Web Serial API", §4 "SerialPort Interface".
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
 * The serial port of a virtual chip as a `SerialPort` of Web Serial: what flashing tools for a browser take. One tool at a
 * time; what comes while it is closed is lost. Errors are those of the standard.
 *
 * @example
 * const loader = new ESPLoader({ transport: new Transport(new WebSerialPort(chip)), baudrate: 115200 });
 */
export class WebSerialPort {
  readonly #chip: VirtualChip;
  /** `lost`: it was open when the cable came off, and nobody has closed it yet. */
  #state: 'closed' | 'open' | 'lost' = 'closed';
  #readable: ReadableStream<Uint8Array> | null = null;
  #writable: WritableStream<Uint8Array> | null = null;
  #input: ReadableStreamDefaultController<Uint8Array> | undefined;
  #output: WritableStreamDefaultController | undefined;

  constructor(chip: VirtualChip) {
    this.#chip = chip;
  }

  /** A new stream when the one before was cancelled; null while the port is closed or lost. */
  get readable(): ReadableStream<Uint8Array> | null {
    if (this.#state === 'open') this.#readable ??= this.#newReadable();
    return this.#readable;
  }

  /** A new stream when the one before was closed or aborted; null while the port is closed or lost. */
  get writable(): WritableStream<Uint8Array> | null {
    if (this.#state === 'open') this.#writable ??= this.#newWritable();
    return this.#writable;
  }

  /** Of a board with a chip that turns USB into a serial line, nothing is known. */
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number } {
    return {};
  }

  /** @throws TypeError without a baud rate, InvalidStateError when it is open, or lost and not closed */
  async open({ baudRate }: PortOptions): Promise<void> {
    if (this.#state !== 'closed') throw new DOMException('The port is already open.', 'InvalidStateError');
    if (!Number.isInteger(baudRate) || baudRate <= 0) throw new TypeError(`${baudRate} is no baud rate.`);
    const { serial } = this.#chip;
    this.#state = 'open';
    serial.baud = baudRate;
    this.#readable = this.#newReadable();
    serial.onBytes = (bytes) => this.#input?.enqueue(bytes);
  }

  /** Closes it. @throws TypeError while somebody holds a reader or a writer: they release it first */
  async close(): Promise<void> {
    if (this.#state === 'closed') throw new DOMException('The port is already closed.', 'InvalidStateError');
    await Promise.all([this.#readable?.cancel(), this.#writable?.abort()]);
    this.#state = 'closed';
    this.#letGo();
  }

  /** @throws InvalidStateError when it is not open, NetworkError when it is lost */
  async setSignals({ dataTerminalReady, requestToSend }: PortSignals): Promise<void> {
    if (this.#state === 'closed') throw new DOMException('The port is closed.', 'InvalidStateError');
    if (this.#state === 'lost') throw deviceLost();
    this.#chip.setControlLines({
      ...(dataTerminalReady === undefined ? {} : { dtr: dataTerminalReady }),
      ...(requestToSend === undefined ? {} : { rts: requestToSend }),
    });
  }

  /**
   * The cable comes off: who reads or writes gets a NetworkError. Once the port was closed it can be opened again, as when the
   * cable is back. The chip keeps its power; where the cable brings it, `chip.powerOff()` goes with this.
   */
  unplug(): void {
    if (this.#state !== 'open') return;
    this.#state = 'lost';
    this.#input?.error(deviceLost());
    this.#output?.error(deviceLost());
    this.#readable = null;
    this.#writable = null;
    this.#letGo();
  }

  #newReadable(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#input = controller;
      },
      cancel: () => {
        this.#input = undefined;
        this.#readable = null;
      },
    });
  }

  #newWritable(): WritableStream<Uint8Array> {
    const end = (): void => {
      this.#output = undefined;
      this.#writable = null;
    };
    return new WritableStream<Uint8Array>({
      start: (controller) => {
        this.#output = controller;
      },
      write: (bytes) => this.#chip.serial.write(bytes),
      close: end,
      abort: end,
    });
  }

  /** The line is nobody's, and nothing pulls at the control lines. */
  #letGo(): void {
    const { serial } = this.#chip;
    serial.onBytes = undefined;
    serial.baud = undefined;
    this.#input = undefined;
    this.#output = undefined;
    this.#chip.setControlLines({ dtr: false, rts: false });
  }
}

function deviceLost(): DOMException {
  return new DOMException('The device has been lost.', 'NetworkError');
}
