import type { SectorKind } from './sectorKind.ts';

/** What flash is erased in at least, and what it is judged by, bytes. */
export const SECTOR_BYTES = 4096;

/** What the bytes of a sector look like, whatever they are: nothing written, structured, or noise in much or in few of them. */
export type SectorTexture = 'erased' | 'structured' | 'noise' | 'sparse-noise';

const BLOCK_WORDS = 4;
const ERASED_WORD = -1;
/**
 * Of noise the chi-squared statistic of 256 byte values is 255 on average with a deviation of 22.6: six deviations above are
 * passed by one sector in millions. Text and code are above it by thousands.
 */
const MOST_OF_NOISE = 390;
/** With fewer bytes written a short key or a digest cannot be told from ciphertext. */
const MANY_BYTES = 512;
/** Ciphertext has a character of text in three of eight bytes. */
const MOST_TEXT_OF_NOISE = 0.75;

/** The texture of each sector of a dump; the last one may be cut. */
export function sectorTextures(bytes: Uint8Array): readonly SectorTexture[] {
  const statistics = new BlockStatistics();
  return Array.from({ length: Math.ceil(bytes.length / SECTOR_BYTES) }, (_, index) =>
    statistics.textureOf(bytes.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES)),
  );
}

/** @param isMeantToBeEncrypted where noise in a few bytes is ciphertext, such as one record of OTA data */
export function sectorKind(texture: SectorTexture, isMeantToBeEncrypted: boolean): SectorKind {
  if (texture === 'erased') return 'erased';
  if (texture === 'structured') return 'plain';
  return texture === 'noise' || isMeantToBeEncrypted ? 'encrypted' : 'plain';
}

/**
 * Byte frequencies over the AES blocks of a sector that are written, each counted once: blocks that are equal, which
 * encryption without a tweak makes of equal plaintext, would make ciphertext look structured.
 */
class BlockStatistics {
  readonly #counts = new Uint16Array(256);
  /** Offsets of the blocks met so far by a hash of theirs, as a table with open addresses. */
  readonly #seen = new Int16Array(1024);

  textureOf(sector: Uint8Array): SectorTexture {
    // Words of an unaligned view would need a copy of the whole dump; a copy of the sector is enough.
    const copy = new Uint8Array(SECTOR_BYTES).fill(0xff);
    copy.set(sector);
    const words = new Int32Array(copy.buffer);
    this.#counts.fill(0);
    this.#seen.fill(-1);
    let blocks = 0;
    for (let at = 0; at < words.length; at += BLOCK_WORDS) {
      if (isErasedBlock(words, at) || !this.#isNew(words, at)) continue;
      blocks++;
      for (let byte = 4 * at; byte < 4 * (at + BLOCK_WORDS); byte++) {
        const value = copy[byte] as number;
        this.#counts[value] = (this.#counts[value] as number) + 1;
      }
    }
    if (blocks === 0) return 'erased';
    const written = 16 * blocks;
    if (this.#chiSquared(written) > MOST_OF_NOISE || this.#textShare(written) > MOST_TEXT_OF_NOISE) return 'structured';
    return written >= MANY_BYTES ? 'noise' : 'sparse-noise';
  }

  #isNew(words: Int32Array, at: number): boolean {
    const hash = Math.imul(
      (words[at] as number) ^ Math.imul(words[at + 1] as number, 31) ^ (words[at + 2] as number),
      0x9e3779b1,
    );
    for (let slot = hash >>> 22; ; slot = (slot + 1) & 0x3ff) {
      const other = this.#seen[slot] as number;
      if (other === -1) {
        this.#seen[slot] = at;
        return true;
      }
      if (isSameBlock(words, at, other)) return false;
    }
  }

  #chiSquared(written: number): number {
    let squares = 0;
    for (const count of this.#counts) squares += count * count;
    return (256 / written) * squares - written;
  }

  #textShare(written: number): number {
    let text = 0;
    for (let value = 0x20; value < 0x7f; value++) text += this.#counts[value] as number;
    return text / written;
  }
}

function isErasedBlock(words: Int32Array, at: number): boolean {
  for (let word = at; word < at + BLOCK_WORDS; word++) if (words[word] !== ERASED_WORD) return false;
  return true;
}

function isSameBlock(words: Int32Array, one: number, other: number): boolean {
  for (let word = 0; word < BLOCK_WORDS; word++) if (words[one + word] !== words[other + word]) return false;
  return true;
}
