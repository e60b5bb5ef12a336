// Images of secure boot v2: the image, filled up to a sector, and a sector with up to three signature blocks.
import { equalBytes } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { secureBootError } from './secureBootErrors.ts';
import { keyDigest } from './blockKey.ts';
import {
  parseSignatureBlock,
  SIGNATURE_BLOCK_BYTES,
  SIGNATURE_BLOCK_MAGIC,
  type SignatureBlock,
} from './signatureBlock.ts';
import { imageDigest, verifySignature } from './signer.ts';

export const SECTOR_BYTES = 4096;
export const MAX_BLOCKS = 3;
/** What flash holds where nothing was written. */
export const ERASED = 0xff;

/** What became of one signature block. */
export interface BlockVerdict {
  /** 0 to 2. */
  readonly index: number;
  /** Undefined when the block cannot be read. */
  readonly block: SignatureBlock | undefined;
  /** SHA-256 of the key, as the eFuses hold it. */
  readonly keyDigest: Uint8Array | undefined;
  /** Why the signature is not good; undefined: it is. */
  readonly problem: MkiotError | undefined;
}

/** A digest slot of the eFuses; a revoked one no longer counts. */
export interface DigestSlot {
  readonly digest: Uint8Array;
  readonly isRevoked: boolean;
}

/**
 * Looks at each signature of an image.
 *
 * @returns a verdict for each block up to the first empty one; at least one
 * @throws `SECURE_BOOT_NOT_SIGNED`, `SIGNATURE_BLOCK_BEHIND_EMPTY`
 */
export async function verifySignedImage(file: Uint8Array<ArrayBuffer>): Promise<readonly BlockVerdict[]> {
  if (file.length % SECTOR_BYTES !== 0 || file.length < 2 * SECTOR_BYTES) {
    const reason = `its ${file.length} bytes are not two or more whole sectors of 4096`;
    throw secureBootError('SECURE_BOOT_NOT_SIGNED', { reason });
  }
  const sectorOffset = file.length - SECTOR_BYTES;
  const content = file.subarray(0, sectorOffset);
  const sector = file.subarray(sectorOffset);
  const count = blockCount(sector, sectorOffset);
  const verdicts: BlockVerdict[] = [];
  for (let index = 0; index < count; index++) {
    const bytes = sector.subarray(index * SIGNATURE_BLOCK_BYTES, (index + 1) * SIGNATURE_BLOCK_BYTES);
    verdicts.push(await verdictOn(bytes, index, sectorOffset + index * SIGNATURE_BLOCK_BYTES, content));
  }
  return verdicts;
}

/**
 * The first good signature whose key one of the chip's slots trusts, as the ROM looks for it; undefined: the chip would not
 * boot the image.
 */
export function findTrusted(verdicts: readonly BlockVerdict[], slots: readonly DigestSlot[]): BlockVerdict | undefined {
  return verdicts.find(
    ({ problem, keyDigest }) =>
      problem === undefined &&
      slots.some(({ digest, isRevoked }) => !isRevoked && keyDigest !== undefined && equalBytes(digest, keyDigest)),
  );
}

async function verdictOn(
  bytes: Uint8Array,
  index: number,
  offset: number,
  content: Uint8Array<ArrayBuffer>,
): Promise<BlockVerdict> {
  let block: SignatureBlock;
  try {
    block = parseSignatureBlock(bytes, index, offset);
  } catch (error) {
    if (error instanceof MkiotError) return { index, block: undefined, keyDigest: undefined, problem: error };
    throw error;
  }
  const { publicKey, digest, signature } = block;
  const verdict = { index, block, keyDigest: await keyDigest(publicKey), problem: undefined };
  if (!equalBytes(digest, await imageDigest(publicKey, content))) {
    return { ...verdict, problem: secureBootError('SIGNATURE_DIGEST_WRONG', { block: index }) };
  }
  if (await verifySignature(publicKey, content, signature)) return verdict;
  return { ...verdict, problem: secureBootError('SIGNATURE_WRONG', { block: index }) };
}

/** Blocks stand without a gap; behind them the sector is erased flash. */
function blockCount(sector: Uint8Array, offset: number): number {
  if (![0, 1, 2].some((index) => sector[index * SIGNATURE_BLOCK_BYTES] === SIGNATURE_BLOCK_MAGIC)) {
    throw secureBootError('SECURE_BOOT_NOT_SIGNED', { reason: 'no signature block begins in its last sector' });
  }
  const isErased = (index: number): boolean =>
    sector
      .subarray(index * SIGNATURE_BLOCK_BYTES, (index + 1) * SIGNATURE_BLOCK_BYTES)
      .every((byte) => byte === ERASED);
  const used = [0, 1, 2].findIndex(isErased);
  const count = used < 0 ? MAX_BLOCKS : used;
  const behind = sector.findIndex((byte, at) => at >= count * SIGNATURE_BLOCK_BYTES && byte !== ERASED);
  if (behind >= 0) throw secureBootError('SIGNATURE_BLOCK_BEHIND_EMPTY', { offset: toHexOffset(offset + behind) });
  return count;
}
