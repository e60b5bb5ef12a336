import { FrameBatch, type FrameCode, type FRAMES } from './frames.ts';

/** A batch that has grown so large is posted before the turn is over, so that no buffer grows with the load. */
const FULL_BYTES = 262_144;

/** Posts the frames of a turn of the event loop together at its end: a post costs more than a small message does. */
export class Outbox {
  readonly #post: (batch: ArrayBuffer) => void;
  readonly #batch = new FrameBatch();
  #isWaiting = false;
  readonly #endOfTurn = (): void => {
    this.#isWaiting = false;
    this.#flush();
  };

  /** @param post sends a batch, which belongs to the receiver then, to the other thread */
  constructor(post: (batch: ArrayBuffer) => void) {
    this.#post = post;
  }

  send(code: Exclude<FrameCode, typeof FRAMES.TAKEN>, connection: number, payload?: Uint8Array): void {
    this.#batch.add(code, connection, payload);
    this.#added();
  }

  sendTaken(connection: number, bytes: number): void {
    this.#batch.addTaken(connection, bytes);
    this.#added();
  }

  #added(): void {
    if (this.#batch.length >= FULL_BYTES) this.#flush();
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    setImmediate(this.#endOfTurn);
  }

  #flush(): void {
    if (this.#batch.length > 0) this.#post(this.#batch.take());
  }
}
