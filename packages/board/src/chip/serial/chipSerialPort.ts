import type { PortLines, SerialPort } from '@mkiot/esp32/serial/serialPort';
import type { VirtualChip } from '../virtualChip.ts';

/** The serial port of a virtual chip for whatever drives chips through a {@link SerialPort}: the station, rehearsals, tests. */
export class ChipSerialPort implements SerialPort {
  readonly hasLines: boolean;
  readonly #chip: VirtualChip;
  readonly #closing = new AbortController();

  /** @param hasLines false: as over a connection that carries bytes alone */
  constructor(chip: VirtualChip, hasLines = true) {
    this.#chip = chip;
    this.hasLines = hasLines;
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  set onBytes(listener: ((bytes: Uint8Array) => void) | undefined) {
    this.#chip.serial.onBytes = listener;
  }

  get onBytes(): ((bytes: Uint8Array) => void) | undefined {
    return this.#chip.serial.onBytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#chip.serial.write(bytes);
  }

  async setBaud(baud: number): Promise<void> {
    this.#chip.serial.baud = baud;
  }

  async setLines(lines: PortLines): Promise<void> {
    this.#chip.setControlLines(lines);
  }

  /** Pulls the cable. */
  close(): void {
    this.#chip.serial.onBytes = undefined;
    this.#closing.abort();
  }
}
