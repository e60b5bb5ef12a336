import type { HeldMessages } from './heldMessages.ts';
import type { SessionMessage } from './sessionMessage.ts';

const MAX_PACKET_ID = 0xffff;

/**
 * The messages to a device that it has not acknowledged, MQTT 5.0, sections 4.3 and 4.9: some have a packet identifier,
 * as many as the window is wide are on their way, the others wait behind them in their order.
 */
export class MessageWindow {
  /** By sequence, in the order of sending. */
  readonly #messages = new Map<number, SessionMessage>();
  readonly #byPacketId = new Map<number, SessionMessage>();
  #limit = 0;
  #onTheirWay = 0;
  #lastPacketId = 0;
  #bytes = 0;
  readonly #held: HeldMessages;

  /** @param held where these messages are counted beside those of other sessions */
  constructor(held: HeldMessages) {
    this.#held = held;
  }

  /** A connection has begun on which `limit` messages may be on their way: nothing is, yet. */
  begin(limit: number): void {
    this.#limit = limit;
    this.#onTheirWay = 0;
    for (const message of this.#messages.values()) message.isOnItsWay = false;
  }

  get size(): number {
    return this.#messages.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether messages wait for others to be acknowledged. */
  get hasWaiting(): boolean {
    return this.#onTheirWay < this.#messages.size;
  }

  get isFull(): boolean {
    return this.#onTheirWay >= this.#limit;
  }

  values(): Iterable<SessionMessage> {
    return this.#messages.values();
  }

  get(packetId: number): SessionMessage | undefined {
    return this.#byPacketId.get(packetId);
  }

  has(message: SessionMessage): boolean {
    return this.#messages.get(message.sequence) === message;
  }

  add(message: SessionMessage): void {
    this.#messages.set(message.sequence, message);
    this.#count(1, message.bytes);
    if (message.packetId !== undefined) this.#byPacketId.set(message.packetId, message);
  }

  /** The message that is to be sent next, if one may be. */
  next(): SessionMessage | undefined {
    if (this.isFull || !this.hasWaiting) return undefined;
    for (const message of this.#messages.values()) if (!message.isOnItsWay) return message;
    return undefined;
  }

  /** `message` is about to be sent: it has from here on a packet identifier that no other has (MQTT-2.2.1-3). */
  send(message: SessionMessage): number {
    message.isOnItsWay = true;
    this.#onTheirWay++;
    const packetId = message.packetId ?? this.#freePacketId();
    message.packetId = packetId;
    this.#byPacketId.set(packetId, message);
    return packetId;
  }

  /** The device has the message; its identifier stays in use. */
  release(message: SessionMessage): void {
    message.isReleased = true;
    this.#count(0, -message.payload.length);
    message.payload = new Uint8Array(0);
  }

  remove(message: SessionMessage): void {
    if (!this.#messages.delete(message.sequence)) return;
    this.#count(-1, -message.bytes);
    if (message.isOnItsWay) this.#onTheirWay--;
    if (message.packetId !== undefined) this.#byPacketId.delete(message.packetId);
  }

  #count(messages: number, bytes: number): void {
    this.#bytes += bytes;
    this.#held.messages += messages;
    this.#held.bytes += bytes;
  }

  #freePacketId(): number {
    do this.#lastPacketId = (this.#lastPacketId % MAX_PACKET_ID) + 1;
    while (this.#byPacketId.has(this.#lastPacketId));
    return this.#lastPacketId;
  }
}
