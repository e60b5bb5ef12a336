// docs/decisions/0010-key-install.md, "Frames".
import { concatBytes } from '../bytes/bytes.ts';
import { crc32 } from '../bytes/crc32.ts';
import { decodeCobs, encodeCobs } from './cobs.ts';
import { keyInstallError } from './keyInstallErrors.ts';

/** A request or an answer of key install. */
export interface Frame {
  /** u8 */
  readonly kind: number;
  /** u32; the device draws it, and a magic packet has 0. */
  readonly session: number;
  /** u16; the answer has that of its request. */
  readonly sequence: number;
  /** At most {@link MAX_PAYLOAD_BYTES}. */
  readonly payload: Uint8Array;
}

export const MAX_PAYLOAD_BYTES = 200;

const VERSION = 1;
const HEADER_BYTES = 10;
const CRC_BYTES = 4;
/** A frame is shorter than what COBS needs a second byte for. */
const MAX_ENCODED_BYTES: number = 1 + HEADER_BYTES + MAX_PAYLOAD_BYTES + CRC_BYTES;

/** The frame with a zero on either side, so that a broken one before it takes nothing of it. @throws `KEY_INSTALL_PAYLOAD_LONG` */
export function encodeFrame({ kind, session, sequence, payload }: Frame): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  if (length > MAX_PAYLOAD_BYTES) throw keyInstallError('KEY_INSTALL_PAYLOAD_LONG', { length, max: MAX_PAYLOAD_BYTES });
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint8(0, VERSION);
  header.setUint8(1, kind);
  header.setUint32(2, session);
  header.setUint16(6, sequence);
  header.setUint16(8, length);
  const body = concatBytes(new Uint8Array(header.buffer), payload);
  const crc = new DataView(new ArrayBuffer(CRC_BYTES));
  crc.setUint32(0, crc32(body));
  const end = Uint8Array.of(0);
  return concatBytes(end, encodeCobs(concatBytes(body, new Uint8Array(crc.buffer))), end);
}

/** The frame between two zeros; undefined: it is none, or not as it was sent. */
export function decodeFrame(encoded: Uint8Array): Frame | undefined {
  const bytes = encoded.length > MAX_ENCODED_BYTES ? undefined : decodeCobs(encoded);
  if (bytes === undefined || bytes.length < HEADER_BYTES + CRC_BYTES) return undefined;
  const view = new DataView(bytes.buffer);
  const end = bytes.length - CRC_BYTES;
  const payload = bytes.subarray(HEADER_BYTES, end);
  const isWhole = view.getUint32(end) === crc32(bytes.subarray(0, end)) && view.getUint16(8) === payload.length;
  if (!isWhole || view.getUint8(0) !== VERSION) return undefined;
  return { kind: view.getUint8(1), session: view.getUint32(2), sequence: view.getUint16(6), payload };
}

/** Finds the frames in what comes over a line: text, noise and halves of frames between them are skipped. */
export class FrameDecoder {
  readonly #onFrame: (frame: Frame) => void;
  readonly #held = new Uint8Array(MAX_ENCODED_BYTES);
  /** How many bytes came since the last zero: more than there is room for are no frame. */
  #count = 0;

  /** @param onFrame told each frame that came whole; must not throw */
  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte !== 0) {
        if (this.#count < MAX_ENCODED_BYTES) this.#held[this.#count] = byte;
        this.#count += 1;
        continue;
      }
      const frame = this.#count > MAX_ENCODED_BYTES ? undefined : decodeFrame(this.#held.subarray(0, this.#count));
      // A private key may have been in it.
      this.#held.fill(0);
      this.#count = 0;
      if (frame !== undefined) this.#onFrame(frame);
    }
  }
}
