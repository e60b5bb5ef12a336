import type { Clock } from '@mkiot/core/clock/clock';
import type { BitErrors } from '../../faults/bitErrors.ts';
import { hearCharacter, type HeardCharacter, type UartCharacter } from './character.ts';
import type { UartFormat } from './uartFormat.ts';
import { UartTransmitter } from './uartTransmitter.ts';

/** A part with a receiver and a transmitter, on a line or a bus. */
export interface UartPeer {
  /** Takes a character at its end. */
  receive(character: UartCharacter): void;
}

/** One end of a line, as the program of a part sees it. */
export class UartEnd implements UartPeer {
  readonly #noise: BitErrors | undefined;
  readonly #transmitter: UartTransmitter;
  format: UartFormat;
  /** Takes what comes, whole or broken; without it that is lost. */
  onCharacter: ((character: HeardCharacter) => void) | undefined;

  /** @param carry brings a character to the other end */
  constructor(clock: Clock, format: UartFormat, carry: (character: UartCharacter) => void, noise?: BitErrors) {
    this.format = format;
    this.#noise = noise;
    this.#transmitter = new UartTransmitter(clock, carry);
  }

  write(bytes: Uint8Array): void {
    this.#transmitter.send(bytes, this.format);
  }

  receive(character: UartCharacter): void {
    const heard = hearCharacter(character, this.format, this.#noise);
    if (heard !== undefined) this.onCharacter?.(heard);
  }

  /** What is on its way is lost, as when the power goes. */
  drop(): void {
    this.#transmitter.drop('all');
  }
}

/** Two crossed wires between two parts. */
export class UartLine {
  readonly near: UartEnd;
  readonly far: UartEnd;

  /** @param noise flips bits in both directions */
  constructor(clock: Clock, format: UartFormat, noise?: BitErrors) {
    this.near = new UartEnd(clock, format, (character) => this.far.receive(character), noise);
    this.far = new UartEnd(clock, format, (character) => this.near.receive(character), noise);
  }
}
