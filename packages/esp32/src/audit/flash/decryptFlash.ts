import { recogniseContent } from '../../content/recogniseContent.ts';
import type { FlashCipher } from '../../flashEncryption/flashCipher.ts';
import type { SectorKind } from './sectorKind.ts';
import type { FlashOutline } from './outlineFlash.ts';
import { SECTOR_BYTES, sectorTextures } from './sectorTexture.ts';

/**
 * What is in a region, decrypted sector by sector where the sectors are ciphertext. Where the table does not say that the
 * region is encrypted, it is tried: what makes sense decrypted was.
 *
 * @returns undefined where nothing of it is ciphertext that this key opens
 */
export function decryptRegion(
  dump: Uint8Array,
  { offset, size, isMeantToBeEncrypted }: FlashOutline,
  kinds: readonly SectorKind[],
  cipher: FlashCipher,
): Uint8Array | undefined {
  const readable = dump.slice(offset, offset + size);
  const encrypted = kinds.flatMap((kind, index) => (kind === 'encrypted' ? [index * SECTOR_BYTES] : []));
  for (const at of encrypted) {
    const sector = readable.subarray(at, at + SECTOR_BYTES);
    const whole = sector.subarray(0, sector.length - (sector.length % 16));
    cipher.decrypt(offset + at, whole);
  }
  if (encrypted.length === 0) return undefined;
  return isMeantToBeEncrypted || makesSense(readable) ? readable : undefined;
}

/** Noise decrypted with another key, or that was none, is noise again. */
export function makesSense(bytes: Uint8Array): boolean {
  const content = recogniseContent(bytes);
  return (content !== undefined && content !== 'erased') || sectorTextures(bytes).includes('structured');
}
