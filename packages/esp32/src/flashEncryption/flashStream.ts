import { concatBytes } from '@mkiot/core/bytes/bytes';
import { checkFlashAddress, FLASH_BLOCK_BYTES, type FlashCipher } from './flashCipher.ts';
import { flashEncryptionError } from './flashEncryptionErrors.ts';

/**
 * Encrypts or decrypts flash while it passes, in chunks of any length: a dump need not be in memory as a whole.
 *
 * @param address flash address of the first byte
 * @throws `FLASH_ADDRESS_WRONG`; the stream ends with `FLASH_DATA_LENGTH_WRONG` when the last block is not whole
 *
 * @example dump.pipeThrough(flashStream(cipher, 'decrypt', 0x10000))
 */
export function flashStream(
  cipher: FlashCipher,
  direction: keyof FlashCipher,
  address: number,
): TransformStream<Uint8Array, Uint8Array> {
  checkFlashAddress(address);
  let bytes = 0;
  let partialBlock: Uint8Array = new Uint8Array(0);
  return new TransformStream({
    transform(chunk, controller) {
      const waiting = concatBytes(partialBlock, chunk);
      const whole = waiting.subarray(0, waiting.length - (waiting.length % FLASH_BLOCK_BYTES));
      partialBlock = waiting.slice(whole.length);
      if (whole.length === 0) return;
      cipher[direction](address + bytes, whole);
      bytes += whole.length;
      controller.enqueue(whole);
    },
    flush() {
      if (partialBlock.length === 0) return;
      throw flashEncryptionError('FLASH_DATA_LENGTH_WRONG', { bytes: bytes + partialBlock.length, end: bytes });
    },
  });
}
