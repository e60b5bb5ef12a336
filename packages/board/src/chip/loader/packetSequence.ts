import { LoaderFailure } from './loaderStatus.ts';

/** The order of data packets after a BEGIN: 0, 1, 2 and so on, as many as were announced. */
export class PacketSequence {
  readonly #packets: number;
  #next = 0;

  constructor(packets: number) {
    this.#packets = packets;
  }

  get isComplete(): boolean {
    return this.#next === this.#packets;
  }

  /**
   * Tells whether the packet is a new one: a tool that did not hear the answer to the last one sends it again.
   *
   * @throws LoaderFailure `order`
   */
  isNew(sequence: number): boolean {
    if (sequence === this.#next - 1) return false;
    if (sequence !== this.#next || this.isComplete) throw new LoaderFailure('order');
    return true;
  }

  /** The packet has been dealt with. */
  advance(): void {
    this.#next++;
  }
}
