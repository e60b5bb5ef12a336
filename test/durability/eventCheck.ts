import { eventText, type SentEvents } from './sentEvents.ts';

/** An event as it was found, in the log or by a subscription. */
export interface FoundEvent {
  readonly sequence: number;
  readonly device: string;
  readonly text: string;
}

export interface CheckResult {
  /** Acknowledged events that are there. */
  readonly present: number;
  /** Further copies of events that are there. */
  readonly duplicates: number;
  readonly violations: readonly string[];
}

interface DeviceState {
  readonly sent: SentEvents;
  readonly copies: number[];
  /** The highest number of which a first copy was seen. */
  highest: number;
}

/**
 * Holds the events of a log against what their devices were promised: each acknowledged event is there at least once,
 * first copies stand in the order of sending, a further copy only where the device sent again, and nothing else.
 */
export class EventCheck {
  readonly #devices: ReadonlyMap<string, DeviceState>;
  readonly #payloadBytes: number;
  readonly #violations: string[] = [];
  #lastSequence = 0;
  #duplicates = 0;

  constructor(sentByDevice: ReadonlyMap<string, SentEvents>, payloadBytes: number) {
    this.#devices = new Map([...sentByDevice].map(([device, sent]) => [device, { sent, copies: [], highest: 0 }]));
    this.#payloadBytes = payloadBytes;
  }

  /** The next event, in the order of sequences. */
  saw({ sequence, device, text }: FoundEvent): void {
    if (sequence <= this.#lastSequence) this.#violate(`sequence ${sequence} comes after ${this.#lastSequence}`);
    this.#lastSequence = sequence;
    const state = this.#devices.get(device);
    const number = Number.parseInt(text, 10);
    const sendings = state?.sent.sendings(number) ?? 0;
    if (state === undefined || sendings === 0 || text !== eventText(device, number, this.#payloadBytes)) {
      this.#violate(`sequence ${sequence} holds what ${device} never sent`);
      return;
    }
    const copies = (state.copies[number] ?? 0) + 1;
    state.copies[number] = copies;
    if (copies > 1) {
      this.#duplicates++;
      if (copies > sendings) this.#violate(`event ${number} of ${device}: copy ${copies} of ${sendings} sendings`);
      return;
    }
    if (number < state.highest) this.#violate(`event ${number} of ${device} comes after its event ${state.highest}`);
    state.highest = Math.max(state.highest, number);
  }

  /** What is to be said when the last event has been seen. */
  result(): CheckResult {
    let present = 0;
    const lost: string[] = [];
    for (const [device, { sent, copies }] of this.#devices) {
      for (let number = 1; number <= sent.sentCount; number++) {
        if (!sent.isAcknowledged(number)) continue;
        if (copies[number] === undefined) lost.push(`event ${number} of ${device} was acknowledged and is not there`);
        else present++;
      }
    }
    return { present, duplicates: this.#duplicates, violations: [...this.#violations, ...lost] };
  }

  #violate(sentence: string): void {
    this.#violations.push(sentence);
  }
}
