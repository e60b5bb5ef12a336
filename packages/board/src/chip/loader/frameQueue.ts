/** More than a tool ever has on its way: what comes beyond is lost, as in a buffer that is full. */
const MAX_FRAMES = 256;

/** Frames that have come and that nobody has taken yet. */
export class FrameQueue {
  readonly #frames: Uint8Array[] = [];
  #waiting: ((frame: Uint8Array | undefined) => void) | undefined;
  #isClosed = false;

  push(frame: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#waiting !== undefined) this.#hand(frame);
    else if (this.#frames.length < MAX_FRAMES) this.#frames.push(frame);
  }

  /** Gives back what `next` has given, for who takes the next one. */
  giveBack(frame: Uint8Array): void {
    this.#frames.unshift(frame);
  }

  /** The next frame; undefined once the queue is closed. One taker at a time. */
  next(): Promise<Uint8Array | undefined> {
    const frame = this.#frames.shift();
    if (frame !== undefined || this.#isClosed) return Promise.resolve(this.#isClosed ? undefined : frame);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#hand(undefined);
  }

  #hand(frame: Uint8Array | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(frame);
  }
}
