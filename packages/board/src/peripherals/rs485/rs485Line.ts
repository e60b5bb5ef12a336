import { type UartCharacter, misread } from '../uart/character.ts';
import type { UartPeer } from '../uart/uartLine.ts';

/** A pair of wires to which transceivers are tied. What one drives all others hear; two at once spoil each other. */
export class Rs485Line {
  readonly #transceivers = new Set<Rs485Transceiver>();
  /** The wires are broken: nothing passes. */
  isCut = false;

  attach(transceiver: Rs485Transceiver): void {
    this.#transceivers.add(transceiver);
  }

  carry(from: Rs485Transceiver, character: UartCharacter): void {
    if (this.isCut) return;
    const others = [...this.#transceivers].filter((other) => other !== from);
    const collides = others.some((other) => other.isDriving || other.droveUntilMs > character.startMs);
    const arriving = collides ? { ...character, byte: misread(character.byte) } : character;
    for (const other of others) other.hear(arriving);
  }
}

export interface TransceiverPins {
  /** DE and RE# tied together: it drives, or it hears. */
  readonly isDriving: () => boolean;
  /** RO leads to the receiver of the part behind it. */
  readonly output: UartPeer;
}

/** An LTC1480 or its like between a UART and the line. Its input DI takes the characters of the UART. */
export class Rs485Transceiver implements UartPeer {
  readonly #line: Rs485Line;
  readonly #pins: TransceiverPins;
  /** When the last character ended that it put on the line. */
  droveUntilMs: number = -Infinity;

  constructor(line: Rs485Line, pins: TransceiverPins) {
    this.#line = line;
    this.#pins = pins;
    line.attach(this);
  }

  get isDriving(): boolean {
    return this.#pins.isDriving();
  }

  /** A character at DI; with its driver off nothing of it comes to the line. */
  receive(character: UartCharacter): void {
    if (!this.isDriving) return;
    this.droveUntilMs = character.endMs;
    this.#line.carry(this, character);
  }

  /** A character on the line. */
  hear(character: UartCharacter): void {
    if (!this.isDriving) this.#pins.output.receive(character);
  }
}
