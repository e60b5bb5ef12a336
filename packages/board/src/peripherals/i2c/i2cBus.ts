import { type Clock, delay } from '@mkiot/core/clock/clock';
import { peripheralError } from '../peripheralErrors.ts';

/** A part on the bus. */
export interface I2cTarget {
  /** 7 bits. */
  readonly address: number;
  /** Takes bytes that are written; false: it does not acknowledge the last of them. */
  write(bytes: Uint8Array): boolean;
  read(count: number): Uint8Array;
}

/** The bus as a program sees it. */
export interface I2cController {
  /**
   * Writes, then reads after a repeated start; without `readCount` it only writes.
   *
   * @throws `I2C_NO_ACKNOWLEDGE`, `I2C_BUS_STUCK`
   */
  transfer(address: number, write: Uint8Array, readCount?: number): Promise<Uint8Array>;
}

/** Eight bits and the acknowledgement. */
const BITS_A_BYTE = 9;
/** Start, repeated start and stop take about a bit each. */
const FRAMING_BITS = 3;

/** An I2C bus (NXP UM10204) with one controller. Targets that lose power are taken off it. */
export class I2cBus implements I2cController {
  readonly #clock: Clock;
  readonly #bitsPerMs: number;
  readonly #targets = new Map<number, I2cTarget>();
  #freeAtMs = 0;
  #isStuck = false;

  constructor(clock: Clock, clockHz: 100_000 | 400_000) {
    this.#clock = clock;
    this.#bitsPerMs = clockHz / 1_000;
  }

  /** The function that is returned takes it off again. */
  attach(target: I2cTarget): () => void {
    this.#targets.set(target.address, target);
    return () => void this.#targets.delete(target.address);
  }

  /** A target holds SDA low in the middle of a byte, until it is let go or loses power. */
  hold(isStuck: boolean): void {
    this.#isStuck = isStuck;
  }

  async transfer(address: number, write: Uint8Array, readCount = 0): Promise<Uint8Array> {
    await this.#takeTime(write.length + readCount + (readCount > 0 && write.length > 0 ? 2 : 1));
    if (this.#isStuck) throw peripheralError('I2C_BUS_STUCK', { address: hex(address) });
    const target = this.#targets.get(address);
    if (target === undefined) throw peripheralError('I2C_NO_ACKNOWLEDGE', { address: hex(address), byte: 'address' });
    if (write.length > 0 && !target.write(write)) {
      throw peripheralError('I2C_NO_ACKNOWLEDGE', { address: hex(address), byte: 'last byte' });
    }
    return readCount > 0 ? target.read(readCount) : new Uint8Array();
  }

  /** Clocks tell whole milliseconds: what is shorter adds up until it is one. */
  async #takeTime(bytes: number): Promise<void> {
    const nowMs = this.#clock.monotonic();
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (bytes * BITS_A_BYTE + FRAMING_BITS) / this.#bitsPerMs;
    const aheadMs = Math.floor(this.#freeAtMs - nowMs);
    if (aheadMs >= 1) await delay(this.#clock, aheadMs);
  }
}

function hex(address: number): string {
  return `0x${address.toString(16).padStart(2, '0')}`;
}
