import { encodeAcknowledgement } from '@mkiot/core/mqtt/acknowledgement';
import { encodePubacks } from '@mkiot/core/mqtt/puback';
import type { DeviceSocket } from './deviceSocket.ts';
import type { Flushable, FlushQueue } from './flushQueue.ts';

/** What is on its way to a device: collected during a turn of the event loop, then written in one go. */
export class Outgoing implements Flushable {
  readonly #socket: DeviceSocket;
  readonly #queue: FlushQueue;
  readonly #afterWrite: () => void;
  readonly #packets: Uint8Array[] = [];
  readonly #pubacks: number[] = [];
  #packetBytes = 0;
  #flushRequested = false;
  #writesBegun = 0;
  #writesDone = 0;
  #writesDoneAtLook = 0;
  #stuckSinceMs: number | undefined = undefined;
  readonly #onWritten = (): void => {
    this.#writesDone++;
    this.#afterWrite();
  };

  /** @param afterWrite called when what was collected has been handed to the socket, and when it has left */
  constructor(socket: DeviceSocket, queue: FlushQueue, afterWrite: () => void) {
    this.#socket = socket;
    this.#queue = queue;
    this.#afterWrite = afterWrite;
  }

  send(packet: Uint8Array): void {
    this.#collectPubacks();
    this.#collect(packet);
    this.#requestFlush();
  }

  /** Sends a PUBACK; one with a reason code, which only MQTT 5.0 has, is longer than the others. */
  acknowledge(packetId: number, reasonCode: number): void {
    if (reasonCode === 0) this.#pubacks.push(packetId);
    else this.send(encodeAcknowledgement({ type: 'PUBACK', packetId, reasonCode }, 5));
    this.#requestFlush();
  }

  /** Bytes that the device has not taken yet. */
  get waitingBytes(): number {
    return this.#packetBytes + this.#socket.writableLength;
  }

  /** Writes what was collected. */
  flush(): void {
    this.#flushRequested = false;
    this.#collectPubacks();
    if (this.#packets.length > 0) {
      this.#writesBegun++;
      this.#socket.write(this.#takeCollected(), this.#onWritten);
    }
    this.#afterWrite();
  }

  /** Writes what was collected and says goodbye; nothing can be sent any more. */
  end(): void {
    this.flush();
    this.#socket.end();
  }

  /** How long no write has been finished though one is waiting, as far as calls of this method have seen. */
  stuckMs(nowMs: number): number {
    const isIdle = this.#writesDone === this.#writesBegun;
    const hasMoved = this.#writesDone !== this.#writesDoneAtLook;
    this.#writesDoneAtLook = this.#writesDone;
    if (isIdle) this.#stuckSinceMs = undefined;
    else if (hasMoved || this.#stuckSinceMs === undefined) this.#stuckSinceMs = nowMs;
    return this.#stuckSinceMs === undefined ? 0 : nowMs - this.#stuckSinceMs;
  }

  #collect(packets: Uint8Array): void {
    this.#packets.push(packets);
    this.#packetBytes += packets.length;
  }

  /** All packets as one, without a copy when there is one: the usual case, a batch of PUBACKs. */
  #takeCollected(): Uint8Array {
    const [first] = this.#packets;
    const isOne = first !== undefined && this.#packets.length === 1;
    const bytes = isOne ? first : joined(this.#packets, this.#packetBytes);
    this.#packets.length = 0;
    this.#packetBytes = 0;
    return bytes;
  }

  #collectPubacks(): void {
    if (this.#pubacks.length === 0) return;
    this.#collect(encodePubacks(this.#pubacks));
    this.#pubacks.length = 0;
  }

  #requestFlush(): void {
    if (this.#flushRequested) return;
    this.#flushRequested = true;
    this.#queue.add(this);
  }
}

/** Takes an array: what a flood of PINGREQ asks for would be too many arguments. */
function joined(packets: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const packet of packets) {
    bytes.set(packet, at);
    at += packet.length;
  }
  return bytes;
}
