// SLIP (RFC 1055) as the serial loaders of Espressif use it: a frame has an END before and after it.

const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

/** The bytes of `frame` on the line, with both ENDs. */
export function encodeSlip(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  let length = frame.length + 2;
  for (const byte of frame) if (byte === END || byte === ESC) length++;
  const bytes = new Uint8Array(length);
  let at = 0;
  bytes[at++] = END;
  for (const byte of frame) {
    if (byte === END || byte === ESC) {
      bytes[at++] = ESC;
      bytes[at++] = byte === END ? ESC_END : ESC_ESC;
    } else bytes[at++] = byte;
  }
  bytes[at] = END;
  return bytes;
}

/**
 * Takes frames out of a stream of bytes. What is no frame is dropped: noise between frames, a frame with a wrong escape, one
 * that is too long. Two ENDs side by side are no empty frame but the end of one and the beginning of the next, so a decoder
 * that began in the middle finds its way.
 */
export class SlipDecoder {
  readonly #maxBytes: number;
  readonly #frame: Uint8Array<ArrayBuffer>;
  #length = 0;
  #state: 'outside' | 'inside' | 'escaped' | 'spoilt' = 'outside';

  /** @param maxBytes of a frame, escapes undone */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#frame = new Uint8Array(maxBytes);
  }

  /** The frames that end in `bytes`. */
  push(bytes: Uint8Array): readonly Uint8Array<ArrayBuffer>[] {
    const frames: Uint8Array<ArrayBuffer>[] = [];
    for (const byte of bytes) {
      if (byte !== END) this.#take(byte);
      else if (this.#end()) frames.push(this.#frame.slice(0, this.#length));
    }
    return frames;
  }

  /** @returns whether a frame ends here, rather than one begins */
  #end(): boolean {
    const isWhole = this.#state === 'inside' && this.#length > 0;
    this.#state = isWhole ? 'outside' : 'inside';
    if (!isWhole) this.#length = 0;
    return isWhole;
  }

  #take(byte: number): void {
    if (this.#state === 'outside' || this.#state === 'spoilt') return;
    if (this.#state === 'escaped') {
      if (byte === ESC_END) this.#add(END);
      else if (byte === ESC_ESC) this.#add(ESC);
      else this.#state = 'spoilt';
    } else if (byte === ESC) this.#state = 'escaped';
    else this.#add(byte);
  }

  #add(byte: number): void {
    if (this.#length === this.#maxBytes) {
      this.#state = 'spoilt';
      return;
    }
    this.#frame[this.#length++] = byte;
    this.#state = 'inside';
  }
}
