import { concatBytes } from '@mkiot/core/bytes/bytes';
import { secureBootError } from './secureBootErrors.ts';
import { buildSignatureBlock, parseSignatureBlock, type SignatureBlock } from './signatureBlock.ts';
import { checkKeyFitsV2, imageDigest, type SecureBootSigner, verifySignature } from './signer.ts';
import { ERASED, MAX_BLOCKS, SECTOR_BYTES, verifySignedImage } from './verifySignedImage.ts';

/**
 * Signs an image with one to three keys, one signature block each. Every signature is verified before it is used.
 *
 * @param image as it was built; it is filled up with 0xff to a sector. With `append` a signed one, whose good signatures stay
 * @throws `SECURE_BOOT_IMAGE_EMPTY`, `SECURE_BOOT_ALREADY_SIGNED`, `SECURE_BOOT_TOO_MANY_KEYS`, `SECURE_BOOT_KEY_UNFIT`,
 *   `SECURE_BOOT_SIGNATURE_UNFIT`; with `append` also what `verifySignedImage` throws
 */
export async function signImage(
  image: Uint8Array<ArrayBuffer>,
  signers: readonly SecureBootSigner[],
  append = false,
): Promise<Uint8Array<ArrayBuffer>> {
  if (image.length === 0) throw secureBootError('SECURE_BOOT_IMAGE_EMPTY');
  const kept = append ? await goodBlocks(image) : [];
  if (!append && endsInSignatures(image)) throw secureBootError('SECURE_BOOT_ALREADY_SIGNED');
  const count = kept.length + signers.length;
  if (count > MAX_BLOCKS) throw secureBootError('SECURE_BOOT_TOO_MANY_KEYS', { blocks: count });
  const content = append ? image.slice(0, -SECTOR_BYTES) : filledUp(image);
  const added: Uint8Array[] = [];
  for (const signer of signers) added.push(buildSignatureBlock(await signedBlock(content, signer)));
  return concatBytes(content, filledUp(concatBytes(...kept, ...added)));
}

async function signedBlock(content: Uint8Array<ArrayBuffer>, signer: SecureBootSigner): Promise<SignatureBlock> {
  const { publicKey } = signer;
  checkKeyFitsV2(publicKey);
  const signature = new Uint8Array(await signer.sign(content));
  if (!(await verifySignature(publicKey, content, signature))) {
    throw secureBootError('SECURE_BOOT_SIGNATURE_UNFIT', { bytes: signature.length });
  }
  return { publicKey, digest: await imageDigest(publicKey, content), signature };
}

async function goodBlocks(file: Uint8Array<ArrayBuffer>): Promise<readonly Uint8Array[]> {
  const verdicts = await verifySignedImage(file);
  return verdicts.map(({ block, problem }) => {
    if (problem !== undefined || block === undefined) throw problem;
    return buildSignatureBlock(block);
  });
}

function endsInSignatures(file: Uint8Array): boolean {
  if (file.length % SECTOR_BYTES !== 0) return false;
  try {
    parseSignatureBlock(file.subarray(file.length - SECTOR_BYTES), 0, file.length - SECTOR_BYTES);
    return true;
  } catch {
    return false;
  }
}

/** To whole sectors. */
function filledUp(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const filled = new Uint8Array(Math.ceil(bytes.length / SECTOR_BYTES) * SECTOR_BYTES).fill(ERASED);
  filled.set(bytes);
  return filled;
}
