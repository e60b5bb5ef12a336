import { fromBigEndian } from './bigIntegers.ts';
import { keyError } from './keyErrors.ts';

/** The tags of ASN.1 (ITU-T X.690 section 8) that keys are made of. */
export const DER_TAGS = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  sequence: 0x30,
} as const;

/** Reads the elements of DER one after the other, strictly: one way to write a thing, nothing left over. */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  #at = 0;

  /** @param base offset of `bytes` in the whole, for errors */
  constructor(bytes: Uint8Array, base = 0) {
    this.#bytes = bytes;
    this.#base = base;
  }

  /** The tag of the next element; undefined at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#at];
  }

  sequence(field: string): DerReader {
    const content = this.element(DER_TAGS.sequence, field);
    return new DerReader(content, this.#base + this.#at - content.length);
  }

  /** A non-negative integer. */
  integer(field: string): bigint {
    const content = this.element(DER_TAGS.integer, field);
    const [first = 0x80, second = 0x80] = content;
    if (first >= 0x80 || (first === 0 && content.length > 1 && second < 0x80)) this.#fail(field, 'no positive integer');
    return fromBigEndian(content);
  }

  /** Dotted numbers. */
  objectIdentifier(field: string): string {
    const content = this.element(DER_TAGS.objectIdentifier, field);
    const numbers: number[] = [];
    let number = 0;
    for (const byte of content) {
      number = number * 128 + (byte & 0x7f);
      if (byte >= 0x80) continue;
      numbers.push(number);
      number = 0;
    }
    const [first = 0, ...rest] = numbers;
    const root = Math.min(2, Math.floor(first / 40));
    return [root, first - 40 * root, ...rest].join('.');
  }

  /** A bit string of whole bytes. */
  bitString(field: string): Uint8Array {
    const content = this.element(DER_TAGS.bitString, field);
    if (content[0] !== 0) this.#fail(field, 'no whole number of bytes');
    return content.subarray(1);
  }

  /** The content of the next element, which has to have `tag`. */
  element(tag: number, field: string): Uint8Array {
    if (this.nextTag !== tag) this.#fail(field, `not there: found tag ${this.nextTag ?? 'of nothing'}`);
    const length = this.#length(field);
    if (length > this.#bytes.length - this.#at) this.#fail(field, 'cut short');
    const content = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return content;
  }

  /** Says that the last element has been read. */
  finish(field: string): void {
    if (this.#at !== this.#bytes.length) this.#fail(field, 'followed by bytes that do not belong there');
  }

  /** Moves over the tag and the length. */
  #length(field: string): number {
    const first = this.#bytes[this.#at + 1] ?? this.#fail(field, 'cut short');
    this.#at += 2;
    if (first < 0x80) return first;
    const bytes = this.#bytes.subarray(this.#at, this.#at + (first & 0x7f));
    this.#at += bytes.length;
    const length = Number(fromBigEndian(bytes));
    const isShortest = bytes.length === (first & 0x7f) && bytes[0] !== 0 && length >= 0x80 && bytes.length <= 3;
    return isShortest ? length : this.#fail(field, 'of a length that DER does not write so');
  }

  #fail(field: string, problem: string): never {
    throw keyError('KEY_FILE_DAMAGED', { field, problem, offset: this.#base + this.#at });
  }
}
