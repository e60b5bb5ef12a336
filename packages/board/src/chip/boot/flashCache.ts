import type { Aes } from '@mkiot/esp32/aes/aes';
import type { FlashCipher } from '@mkiot/esp32/flashEncryption/flashCipher';
import type { EfuseController } from '../efuse/efuseController.ts';
import { type FlashMemory, SECTOR_BYTES } from '../flash/flashMemory.ts';
import { chipFlashCipher, isFlashEncryptionOn } from './flashKey.ts';

/** Encrypted writes are rows of this many bytes, and begin at a multiple of it. */
export const ENCRYPTED_ROW_BYTES = 32;

/**
 * Flash as the CPU sees it: what it reads through the cache is decrypted while flash encryption is on. What lies in flash
 * itself is `raw`.
 */
export class FlashCache {
  readonly raw: FlashMemory;
  readonly isEncrypted: boolean;
  readonly #cipher: FlashCipher;

  private constructor(raw: FlashMemory, cipher: FlashCipher, isEncrypted: boolean) {
    this.raw = raw;
    this.#cipher = cipher;
    this.isEncrypted = isEncrypted;
  }

  /** With the key and the switch that are in the eFuses now: they take effect at a reset. */
  static async open(raw: FlashMemory, efuse: EfuseController, aes: Aes): Promise<FlashCache> {
    return new FlashCache(raw, await chipFlashCipher(efuse, aes), isFlashEncryptionOn(efuse.readable()));
  }

  /** @throws `FLASH_OUT_OF_RANGE` */
  read(address: number, length: number): Uint8Array<ArrayBuffer> {
    if (!this.isEncrypted) return this.raw.read(address, length);
    const start = address - (address % ENCRYPTED_ROW_BYTES);
    const rows = this.raw.read(
      start,
      Math.ceil((address + length - start) / ENCRYPTED_ROW_BYTES) * ENCRYPTED_ROW_BYTES,
    );
    this.#cipher.decrypt(start, rows);
    return rows.subarray(address - start, address - start + length);
  }

  /**
   * Writes through the cipher, whether flash encryption is on or not.
   *
   * @param address a multiple of 32, as the length of `plain` is
   * @throws `FLASH_ADDRESS_WRONG`, `FLASH_DATA_LENGTH_WRONG`, `FLASH_OUT_OF_RANGE`, `CHIP_POWER_LOST`
   */
  async programEncrypted(address: number, plain: Uint8Array): Promise<void> {
    const bytes = plain.slice();
    this.#cipher.encrypt(address, bytes);
    await this.raw.program(address, bytes);
  }

  /** Writes so that `read` gives `plain`. Throws as `programEncrypted` does. */
  async program(address: number, plain: Uint8Array): Promise<void> {
    await (this.isEncrypted ? this.programEncrypted(address, plain) : this.raw.program(address, plain));
  }

  /** Encrypts a sector in place, as the bootloader does at the first boot. @throws `CHIP_POWER_LOST` */
  async encryptSector(address: number): Promise<void> {
    const plain = this.raw.read(address, SECTOR_BYTES);
    await this.raw.eraseSector(address);
    await this.programEncrypted(address, plain);
  }
}
