// TLS 1.3 (RFC 8446), sections 5.2 and 7.3, for the one cipher suite that the load offers: TLS_AES_128_GCM_SHA256.
import { createCipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';

export const CIPHER_SUITE = 'TLS_AES_128_GCM_SHA256';

const KEY_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 5;
const APPLICATION_DATA = 23;

/** What a record adds to the bytes in it: header, inner content type, tag. */
export const RECORD_OVERHEAD_BYTES: number = HEADER_BYTES + 1 + TAG_BYTES;

/** Seals the records of one direction of one connection. */
export class RecordSealer {
  readonly #key: KeyObject;
  readonly #nonce: Buffer;
  readonly #ivTail: number;
  #sequence: number;

  /**
   * @param trafficSecret as the event `keylog` of node:tls shows it
   * @param sequence how many records of application data have been sent under it
   */
  constructor(trafficSecret: Uint8Array, sequence: number) {
    this.#key = createSecretKey(expandLabel(trafficSecret, 'key', KEY_BYTES));
    this.#nonce = expandLabel(trafficSecret, 'iv', NONCE_BYTES);
    this.#ivTail = this.#nonce.readUInt32BE(NONCE_BYTES - 4);
    this.#sequence = sequence;
  }

  /** Writes the record with `content` to `target` at `offset`, and returns where it ends. */
  seal(content: Uint8Array, target: Buffer, offset: number): number {
    const body = offset + HEADER_BYTES;
    const length = content.length + 1 + TAG_BYTES;
    target[offset] = APPLICATION_DATA;
    target[offset + 1] = 3;
    target[offset + 2] = 3;
    target.writeUInt16BE(length, offset + 3);
    // The sequence is exclusive-ored into the end of the iv. No connection of a measurement sends four milliard records.
    this.#nonce.writeUInt32BE((this.#ivTail ^ this.#sequence++) >>> 0, NONCE_BYTES - 4);
    const cipher = createCipheriv('aes-128-gcm', this.#key, this.#nonce);
    cipher.setAAD(target.subarray(offset, body));
    target.set(content, body);
    target[body + content.length] = APPLICATION_DATA;
    target.set(cipher.update(target.subarray(body, body + content.length + 1)), body);
    cipher.final();
    target.set(cipher.getAuthTag(), body + content.length + 1);
    return body + length;
  }
}

/** Finds the records in what a server sends, and how many bytes of content they have; it opens none. */
export class RecordCounter {
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #bodyBytesLeft = 0;

  /** The bytes of content of all records that end in the first `length` bytes of `chunk`; undefined: an alert. */
  count(chunk: Uint8Array, length: number): number | undefined {
    let content = 0;
    let at = 0;
    while (at < length) {
      if (this.#headerBytes < HEADER_BYTES) {
        this.#header[this.#headerBytes++] = chunk[at++] as number;
        if (this.#headerBytes === HEADER_BYTES) this.#bodyBytesLeft = this.#header.readUInt16BE(3);
      } else {
        const step = Math.min(this.#bodyBytesLeft, length - at);
        at += step;
        this.#bodyBytesLeft -= step;
        if (this.#bodyBytesLeft === 0) {
          if (this.#header[0] !== APPLICATION_DATA) return undefined;
          content += this.#header.readUInt16BE(3) - 1 - TAG_BYTES;
          this.#headerBytes = 0;
        }
      }
    }
    return content;
  }
}

/** HKDF-Expand-Label with an empty context, for outputs no longer than a hash. */
function expandLabel(secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.of(0, length, name.length), name, Buffer.of(0, 1)]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}
