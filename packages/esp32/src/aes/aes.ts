/** AES in ECB mode under one key: each 16-byte block by itself. The building block of flash, NVS and digest ciphers. */
export interface AesEcb {
  /** @param blocks a whole number of 16-byte blocks; they are left as they are */
  encrypt(blocks: Uint8Array): Uint8Array;
  /** @param blocks a whole number of 16-byte blocks; they are left as they are */
  decrypt(blocks: Uint8Array): Uint8Array;
}

/** The port: AES-128 or AES-256 by the length of `key`, 16 or 32 bytes. OpenSSL in Node, `portableAes` in a browser. */
export type Aes = (key: Uint8Array) => AesEcb;

export const AES_BLOCK_BYTES = 16;
