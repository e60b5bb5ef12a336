/** Where the acknowledgements go. */
export interface AcknowledgementSink {
  acknowledge(packetId: number, reasonCode: number): void;
}

const COMPACT_AT = 256;
/** In the place of a PUBLISH that is not to be acknowledged. */
const DROPPED = 0;
/** A reason code stands above the packet identifier that it belongs to. */
const REASON_SHIFT = 16;

/**
 * Gives the PUBACKs, or the PUBRECs, of a connection the order of their PUBLISHes (MQTT-4.6.0-2, -3), though their fates may become
 * known in another order.
 */
export class AcknowledgementOrder {
  /**
   * Packet identifiers from `#head` to `#tail`, the oldest first; those whose fate is known are negative, with its reason
   * code, or {@link DROPPED}.
   */
  readonly #ids: number[] = [];
  #head = 0;
  #tail = 0;

  /** How many PUBLISHes wait for it. */
  get waiting(): number {
    return this.#tail - this.#head;
  }

  has(packetId: number): boolean {
    return this.#ids.indexOf(packetId, this.#head) >= 0 && this.#tail > this.#head;
  }

  received(packetId: number): void {
    this.#ids[this.#tail++] = packetId;
  }

  /** The PUBLISH may be acknowledged: gives `sink` every identifier whose turn has come. */
  accepted(packetId: number, reasonCode: number, sink: AcknowledgementSink): void {
    this.#settle(packetId, -(packetId | (reasonCode << REASON_SHIFT)), sink);
  }

  /** The PUBLISH will not be acknowledged, and does not stand in the way of those behind it any more. */
  dropped(packetId: number, sink: AcknowledgementSink): void {
    this.#settle(packetId, DROPPED, sink);
  }

  #settle(packetId: number, fate: number, sink: AcknowledgementSink): void {
    let at = this.#head;
    while (at < this.#tail && this.#ids[at] !== packetId) at++;
    if (at === this.#tail) return;
    this.#ids[at] = fate;
    while (this.#head < this.#tail && (this.#ids[this.#head] as number) <= 0) {
      const known = -(this.#ids[this.#head++] as number);
      if (known !== DROPPED) sink.acknowledge(known & 0xffff, known >> REASON_SHIFT);
    }
    this.#compact();
  }

  #compact(): void {
    if (this.#head === this.#tail) {
      this.#head = this.#tail = 0;
    } else if (this.#head >= COMPACT_AT) {
      this.#ids.copyWithin(0, this.#head, this.#tail);
      this.#tail -= this.#head;
      this.#head = 0;
    }
  }
}
