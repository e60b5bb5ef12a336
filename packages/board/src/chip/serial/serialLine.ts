import type { Clock } from '@mkiot/core/clock/clock';
import type { LineFaults } from './lineFaults.ts';
import { Wire } from './wire.ts';

/** What UARTs begin with. */
export const DEFAULT_BAUD = 115_200;

export interface SerialLineOptions {
  readonly clock: Clock;
  /** Bytes take the time of their baud rate; else none. */
  readonly isThrottled?: boolean | undefined;
  readonly faults?: LineFaults | undefined;
}

/** One end of a serial line. */
export interface SerialEnd {
  /** The speed at which this end sends and hears; undefined: at whatever speed the other end has. */
  baud: number | undefined;
  write(bytes: Uint8Array): void;
  /** Takes what comes from the other end; one listener at a time. Without one it is lost, as on a line nobody listens at. */
  onBytes: ((bytes: Uint8Array) => void) | undefined;
}

/** A serial line between a chip and its host, without flow control. */
export class SerialLine {
  readonly host: SerialEnd;
  readonly chip: SerialEnd;
  readonly #wires: readonly Wire[];

  constructor({ clock, isThrottled = false, faults }: SerialLineOptions) {
    const wireTo = (end: () => SerialEnd): Wire =>
      new Wire(clock, isThrottled, faults, (bytes) => end().onBytes?.(bytes));
    const toChip = wireTo(() => this.chip);
    const toHost = wireTo(() => this.host);
    this.#wires = [toChip, toHost];
    this.host = serialEnd(toChip, () => this.chip.baud);
    this.chip = serialEnd(toHost, () => this.host.baud);
  }

  /** What is on its way is lost, as when the power goes. */
  drop(): void {
    for (const wire of this.#wires) wire.drop();
  }
}

function serialEnd(wire: Wire, otherBaud: () => number | undefined): SerialEnd {
  return {
    baud: undefined,
    onBytes: undefined,
    write(bytes) {
      wire.send(bytes, this.baud ?? otherBaud() ?? DEFAULT_BAUD, this.baud === undefined ? undefined : otherBaud());
    },
  };
}
