import { toHexOffset } from '../bytes/hexOffset.ts';
import { flashEncryptionError } from './flashEncryptionErrors.ts';

/** Flash is encrypted in AES blocks: addresses and lengths are multiples of this. */
export const FLASH_BLOCK_BYTES = 16;

const ADDRESS_END = 2 ** 32;

/** The flash encryption of one chip. What it does to a block depends on where in flash the block lies. */
export interface FlashCipher {
  /**
   * Replaces the plaintext `data` by what the chip would have in flash at `address`.
   *
   * @throws `FLASH_ADDRESS_WRONG`, `FLASH_DATA_LENGTH_WRONG`, `FLASH_DATA_TOO_LONG`; then `data` is as it was
   */
  encrypt(address: number, data: Uint8Array): void;
  /** Replaces what was read from flash at `address` by its plaintext. Throws as `encrypt` does. */
  decrypt(address: number, data: Uint8Array): void;
}

/** @throws `FLASH_ADDRESS_WRONG`, `FLASH_DATA_LENGTH_WRONG`, `FLASH_DATA_TOO_LONG` */
export function checkFlashRange(address: number, bytes: number): void {
  checkFlashAddress(address);
  if (bytes % FLASH_BLOCK_BYTES !== 0) {
    throw flashEncryptionError('FLASH_DATA_LENGTH_WRONG', { bytes, end: bytes - (bytes % FLASH_BLOCK_BYTES) });
  }
  if (address + bytes > ADDRESS_END) {
    throw flashEncryptionError('FLASH_DATA_TOO_LONG', { bytes, address: toHexOffset(address) });
  }
}

/** @throws `FLASH_ADDRESS_WRONG` */
export function checkFlashAddress(address: number): void {
  const isAddress = Number.isInteger(address) && address >= 0 && address < ADDRESS_END;
  if (!isAddress || address % FLASH_BLOCK_BYTES !== 0) {
    throw flashEncryptionError('FLASH_ADDRESS_WRONG', { address: toHexOffset(address) });
  }
}
