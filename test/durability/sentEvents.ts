/**
 * What one device has sent and what it was promised: the client's own book, against which the log is checked. Events are
 * numbered from 1 on in the order of their first sending.
 */
export class SentEvents {
  readonly #sendings: number[] = [];
  readonly #acknowledged: boolean[] = [];
  #acknowledgedCount = 0;

  /** A new event goes out; returns its number. */
  sendNext(): number {
    this.#acknowledged.push(false);
    return this.#sendings.push(1);
  }

  /** The event goes out once more, because its PUBACK has not come. */
  sendAgain(number: number): void {
    this.#sendings[number - 1] = this.sendings(number) + 1;
  }

  acknowledge(number: number): void {
    if (this.#acknowledged[number - 1] === true) return;
    this.#acknowledged[number - 1] = true;
    this.#acknowledgedCount++;
  }

  /** How often the event has gone out; 0 when there is none of this number. */
  sendings(number: number): number {
    return this.#sendings[number - 1] ?? 0;
  }

  isAcknowledged(number: number): boolean {
    return this.#acknowledged[number - 1] === true;
  }

  get sentCount(): number {
    return this.#sendings.length;
  }

  get acknowledgedCount(): number {
    return this.#acknowledgedCount;
  }

  get resentCount(): number {
    return this.#sendings.reduce((sum, sendings) => sum + sendings - 1, 0);
  }
}

/** The payload of a device's event `number`: whatever else comes back under its name is not what was sent. */
export function eventText(device: string, number: number, bytes: number): string {
  return `${number} of ${device} `.padEnd(bytes, '.');
}
