import { concatBytes } from '@mkiot/core/bytes/bytes';
import { type Clock, delay } from '@mkiot/core/clock/clock';
import { FIFO_BYTES, LSR, REGISTER } from '../../peripherals/sc16is752/registers.ts';
import { characterMs, type UartFormat } from '../../peripherals/uart/uartFormat.ts';
import type { Channel, Sc16is752Driver } from './sc16is752Driver.ts';

export interface UartPortOptions {
  readonly registers: Pick<Sc16is752Driver, 'read' | 'readMany' | 'write'>;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly format: UartFormat;
}

const LINE_ERRORS = LSR.OVERRUN | LSR.PARITY | LSR.FRAMING | LSR.FIFO_ERROR;

/** What has come over a line since it was taken last. */
export interface ReceivedBytes {
  readonly bytes: Uint8Array;
  /** Characters among them were broken, or some are missing. */
  readonly isDamaged: boolean;
}

/** A serial line of a chip with FIFOs, for one reader and one writer. */
export class UartPort {
  readonly #options: UartPortOptions;
  #received: Uint8Array = new Uint8Array();
  #isDamaged = false;
  #wake = Promise.withResolvers<void>();

  constructor(options: UartPortOptions) {
    this.#options = options;
  }

  /** How long one character takes on this line, in milliseconds. */
  get characterMs(): number {
    return characterMs(this.#options.format);
  }

  /** Sends; resolves when the last stop bit is over. @throws `I2C_NO_ACKNOWLEDGE`, `I2C_BUS_STUCK` */
  async write(bytes: Uint8Array): Promise<void> {
    const { registers, channel, clock } = this.#options;
    for (let at = 0; at < bytes.length;) {
      const space = await registers.read(channel, REGISTER.TXLVL);
      const part = bytes.subarray(at, at + space);
      if (part.length > 0) await registers.write(channel, REGISTER.RHR_THR, ...part);
      else await delay(clock, this.characterMs * (FIFO_BYTES / 2));
      at += part.length;
    }
    const left = Math.min(bytes.length, FIFO_BYTES);
    for (let waitMs = left * this.characterMs; ; waitMs = this.characterMs) {
      if (((await registers.read(channel, REGISTER.LSR)) & LSR.ALL_SENT) !== 0) return;
      await delay(clock, waitMs);
    }
  }

  /** Takes what has come. */
  take(): ReceivedBytes {
    const taken = { bytes: this.#received, isDamaged: this.#isDamaged };
    this.#received = new Uint8Array();
    this.#isDamaged = false;
    return taken;
  }

  /** What has come, and stays to be taken. */
  get received(): Uint8Array {
    return this.#received;
  }

  /** Resolves when something comes, or when `signal` is aborted. */
  async arrival(signal: AbortSignal): Promise<void> {
    const wake = (): void => this.#wakeReader();
    signal.addEventListener('abort', wake);
    try {
      if (!signal.aborted) await this.#wake.promise;
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  /** Empties the receive FIFO. The level may be 0 at a time-out: one read of RHR ends that (Linux, sc16is7xx). */
  async serve(): Promise<void> {
    const { registers, channel } = this.#options;
    const status = await registers.read(channel, REGISTER.LSR);
    if ((status & LINE_ERRORS) !== 0) this.#isDamaged = true;
    const level = await registers.read(channel, REGISTER.RXLVL);
    const bytes = await registers.readMany(channel, REGISTER.RHR_THR, Math.max(1, level));
    if (level > 0) this.#received = concatBytes(this.#received, bytes);
    this.#wakeReader();
  }

  #wakeReader(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}
