/** What a frame says, in the byte order of the machine: both ends are threads of one process. */
export const FRAMES = {
  /** To the bridge: a connection has come; its payload is an {@link Arrival} as JSON. */
  ARRIVED: 0,
  /** Bytes from the device, or for it. */
  DATA: 1,
  /** So many bytes of the other end's DATA are done with: the bridge has read them, or the device's socket has. */
  TAKEN: 2,
  /** No DATA comes after it. */
  ENDED: 3,
  /** The connection is no more, or is to be no more; the payload is the text of the error, if there was one. */
  CLOSED: 4,
  /** To the bridge: an address that is shut out has tried to connect; its payload is the address. */
  TURNED_AWAY: 5,
  /** To the bridge: a connection has ended before its TLS handshake was done; its payload is the address. */
  ABANDONED: 6,
} as const;

export type FrameCode = (typeof FRAMES)[keyof typeof FRAMES];

/** Told of each frame. `value` is the number of a TAKEN, otherwise the length of `payload`, which is a view of the batch. */
export type FrameReader = (code: FrameCode, connection: number, value: number, payload: Uint8Array) => void;

/** Connection, code, value: 32 bits each. */
const HEADER_BYTES = 12;
const FIRST_BYTES = 16_384;
const NOTHING = new Uint8Array(0);

/** The frames of a turn, one behind the other, to be posted as one buffer. */
export class FrameBatch {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes that have been collected. */
  get length(): number {
    return this.#length;
  }

  /** Adds any frame but TAKEN. */
  add(code: Exclude<FrameCode, typeof FRAMES.TAKEN>, connection: number, payload: Uint8Array = NOTHING): void {
    this.#header(code, connection, payload.length, payload.length);
    this.#bytes.set(payload, this.#length);
    this.#length += payload.length;
  }

  addTaken(connection: number, bytes: number): void {
    this.#header(FRAMES.TAKEN, connection, bytes, 0);
  }

  /** What was collected, in a buffer that is the caller's; the batch is empty then. */
  take(): ArrayBuffer {
    const bytes = this.#bytes.buffer.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #header(code: FrameCode, connection: number, value: number, payloadBytes: number): void {
    const at = this.#length;
    const needed = at + HEADER_BYTES + payloadBytes;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#view.setUint32(at, connection, true);
    this.#view.setUint32(at + 4, code, true);
    this.#view.setUint32(at + 8, value, true);
    this.#length = at + HEADER_BYTES;
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Calls `read` with each frame of a batch, in the order of adding. */
export function readFrames(batch: ArrayBuffer, read: FrameReader): void {
  const view = new DataView(batch);
  for (let at = 0; at < batch.byteLength;) {
    const connection = view.getUint32(at, true);
    const code = view.getUint32(at + 4, true) as FrameCode;
    const value = view.getUint32(at + 8, true);
    at += HEADER_BYTES;
    if (code === FRAMES.TAKEN || value === 0) {
      read(code, connection, value, NOTHING);
    } else {
      read(code, connection, value, new Uint8Array(batch, at, value));
      at += value;
    }
  }
}
