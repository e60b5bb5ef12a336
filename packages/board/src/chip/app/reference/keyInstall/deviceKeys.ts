/** What a device can do with private keys on P-256; each is its scalar, 32 bytes with the highest first. */
export interface DeviceKeys {
  newPrivateKey(): Uint8Array<ArrayBuffer>;
  /** x then y; undefined: it is no private key. */
  publicKeyOf(privateKey: Uint8Array): Uint8Array | undefined;
  /** ES256: r then s. */
  sign(privateKey: Uint8Array, data: Uint8Array): Promise<Uint8Array>;
}
