import { toHexOffset } from './hexOffset.ts';
import { bytesError } from './bytesErrors.ts';

/**
 * Reads little-endian fields one after the other, strictly: a field that is not there whole is an error that names the
 * field and its offset in the file.
 *
 * @example
 * const reader = new ByteReader(entry, 'partition entry 3', 0x8060);
 * const offset = reader.uint32('offset');
 * reader.finish();
 */
export class ByteReader {
  /** What is read, for errors: "partition entry 3". */
  readonly what: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #base: number;
  #position = 0;

  /** @param base offset of the first of `bytes` in the file that the user knows */
  constructor(bytes: Uint8Array, what: string, base = 0) {
    this.what = what;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
  }

  /** Offset of the next field in the file. */
  get offset(): number {
    return this.#base + this.#position;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#position;
  }

  uint8(field: string): number {
    return this.#view.getUint8(this.#take(1, field));
  }

  uint16(field: string): number {
    return this.#view.getUint16(this.#take(2, field), true);
  }

  uint32(field: string): number {
    return this.#view.getUint32(this.#take(4, field), true);
  }

  uint64(field: string): bigint {
    return this.#view.getBigUint64(this.#take(8, field), true);
  }

  /** The next `length` bytes, as a view. */
  bytes(length: number, field: string): Uint8Array {
    const at = this.#take(length, field);
    return this.#bytes.subarray(at, at + length);
  }

  /** Says that the last field has been read. @throws `BYTES_LEFT_OVER` */
  finish(): void {
    if (this.left === 0) return;
    throw bytesError('BYTES_LEFT_OVER', { what: this.what, offset: toHexOffset(this.offset), left: this.left });
  }

  #take(length: number, field: string): number {
    const at = this.#position;
    if (length > this.left) {
      const offset = toHexOffset(this.offset);
      throw bytesError('BYTES_SHORT', { what: this.what, field, offset, needed: length, left: this.left });
    }
    this.#position = at + length;
    return at;
  }
}
