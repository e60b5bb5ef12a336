import type { Sha256 } from '../crypto/sha256.ts';

/** A key pair on P-256. Whoever holds it zeroes `privateKey` when it is done. */
export interface RawKeyPair {
  /** The scalar, 32 bytes with the highest first. */
  readonly privateKey: Uint8Array<ArrayBuffer>;
  /** x then y. */
  readonly publicKey: Uint8Array;
}

/** What a station needs of cryptography. */
export interface InstallCrypto {
  readonly sha256: Sha256;
  newKeyPair(): RawKeyPair | PromiseLike<RawKeyPair>;
  /** ES256. False for what is no key, too. */
  verify(publicKey: Uint8Array, signed: Uint8Array, signature: Uint8Array): boolean | PromiseLike<boolean>;
}
