import type { HeardCharacter } from '../uart/character.ts';
import { FIFO_BYTES, LSR } from './registers.ts';

/** Received characters with their errors, which LSR shows for the oldest one. */
export class ReceiveFifo {
  readonly #kept: HeardCharacter[] = [];
  #isOverrun = false;

  get level(): number {
    return this.#kept.length;
  }

  push(character: HeardCharacter): void {
    if (this.#kept.length < FIFO_BYTES) this.#kept.push(character);
    else this.#isOverrun = true;
  }

  /** The oldest byte; 0 when there is none. */
  shift(): number {
    return this.#kept.shift()?.byte ?? 0;
  }

  clear(): void {
    this.#kept.length = 0;
    this.#isOverrun = false;
  }

  get hasError(): boolean {
    return this.#isOverrun || this.#kept.some(isBroken);
  }

  /** The bits of LSR that speak of received characters. Reading them forgets an overrun. */
  readStatus(): number {
    const oldest = this.#kept[0];
    let status = oldest === undefined ? 0 : LSR.DATA;
    if (this.#isOverrun) status |= LSR.OVERRUN;
    if (oldest?.hasParityError === true) status |= LSR.PARITY;
    if (oldest?.hasFramingError === true) status |= LSR.FRAMING;
    if (this.#kept.some(isBroken)) status |= LSR.FIFO_ERROR;
    this.#isOverrun = false;
    return status;
  }
}

function isBroken({ hasParityError, hasFramingError }: HeardCharacter): boolean {
  return hasParityError || hasFramingError;
}
