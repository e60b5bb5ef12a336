const MAX_PACKET_ID = 0xffff;

/** The QoS 1 messages to a device that it has not acknowledged, MQTT 3.1.1 section 4.3.2. */
export class InFlightWindow {
  readonly #limit: number;
  readonly #done = new Map<number, (delivered: boolean) => void>();
  #lastId = 0;

  /** @param limit how many may be on their way, less than there are packet identifiers */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A packet identifier that is not in use (MQTT-2.3.1-2), or `undefined` when the window is full. */
  freePacketId(): number | undefined {
    if (this.#done.size >= this.#limit) return undefined;
    do this.#lastId = (this.#lastId % MAX_PACKET_ID) + 1;
    while (this.#done.has(this.#lastId));
    return this.#lastId;
  }

  has(packetId: number): boolean {
    return this.#done.has(packetId);
  }

  sent(packetId: number, done: (delivered: boolean) => void): void {
    this.#done.set(packetId, done);
  }

  /**
   * A PUBACK came: the device has the message, or in MQTT 5.0 has refused it. One for nothing is ignored: it harms nobody,
   * and a device may answer an earlier connection.
   */
  acknowledged(packetId: number, delivered = true): void {
    const done = this.#done.get(packetId);
    this.#done.delete(packetId);
    done?.(delivered);
  }

  /** The session is over: nothing of this will be acknowledged. */
  abandon(): void {
    const abandoned = [...this.#done.values()];
    this.#done.clear();
    for (const done of abandoned) done(false);
  }
}
