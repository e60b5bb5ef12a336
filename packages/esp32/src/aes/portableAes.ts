import { type Aes, AES_BLOCK_BYTES } from './aes.ts';
import { aesError } from './aesErrors.ts';
import { BlockDecryption, BlockEncryption, type BlockFunction } from './blockFunctions.ts';
import { keyWords } from './keySchedule.ts';

/**
 * The port `Aes` in our own code, for where there is no OpenSSL: WebCrypto has no ECB. It is not constant-time: for a tool
 * on the maker's own machine, not for a service that others can time.
 *
 * @throws `AES_KEY_LENGTH_WRONG`, and where blocks are given `AES_BLOCKS_NOT_WHOLE`
 */
export const portableAes: Aes = (key) => {
  if (key.length !== 16 && key.length !== 32) throw aesError('AES_KEY_LENGTH_WRONG', { bytes: key.length });
  const words = keyWords(key);
  const encryption = new BlockEncryption();
  const decryption = new BlockDecryption();
  encryption.setKey(words);
  decryption.setKey(words);
  return {
    encrypt: (blocks) => applyToBlocks(encryption, blocks),
    decrypt: (blocks) => applyToBlocks(decryption, blocks),
  };
};

function applyToBlocks(aes: BlockFunction, blocks: Uint8Array): Uint8Array {
  if (blocks.length % AES_BLOCK_BYTES !== 0) throw aesError('AES_BLOCKS_NOT_WHOLE', { bytes: blocks.length });
  const output = new Uint8Array(blocks);
  const view = new DataView(output.buffer, output.byteOffset, output.byteLength);
  for (let at = 0; at < output.length; at += AES_BLOCK_BYTES) aes.apply(view, at, false);
  return output;
}
