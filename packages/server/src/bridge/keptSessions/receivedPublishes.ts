import type { CloseReason } from '../hooks.ts';

/** Told the fate of received messages. */
interface ReceivedObserver {
  stored(packetId: number): void;
  /** It is not stored and will not be. */
  lost(reason: CloseReason): void;
}

/**
 * The QoS 2 messages of a device between their PUBLISH and their PUBREL, by packet identifier: what is stored is not
 * stored again when the device sends it again, MQTT 5.0, section 4.3.3.
 */
export class ReceivedPublishes {
  /** Whether it is stored; until then it is on its way to where it is promised to be. Made for the first: most devices send none. */
  #isStored: Map<number, boolean> | undefined = undefined;
  /** The connection that may answer, perhaps a later one than that on which a message came. */
  observer: ReceivedObserver | undefined = undefined;

  constructor(stored: Iterable<number> = []) {
    for (const packetId of stored) this.#set(packetId, true);
  }

  get size(): number {
    return this.#isStored?.size ?? 0;
  }

  state(packetId: number): 'UNKNOWN' | 'STORING' | 'STORED' {
    const isStored = this.#isStored?.get(packetId);
    if (isStored === undefined) return 'UNKNOWN';
    return isStored ? 'STORED' : 'STORING';
  }

  storing(packetId: number): void {
    this.#set(packetId, false);
  }

  stored(packetId: number): void {
    this.#set(packetId, true);
    this.observer?.stored(packetId);
  }

  /** The message is to be taken for a new one if it comes again. */
  lost(packetId: number | undefined, reason: CloseReason): void {
    if (packetId !== undefined) this.forget(packetId);
    this.observer?.lost(reason);
  }

  forget(packetId: number): void {
    this.#isStored?.delete(packetId);
  }

  #set(packetId: number, isStored: boolean): void {
    (this.#isStored ??= new Map()).set(packetId, isStored);
  }
}
