/** The JSON Web Signature algorithms a device may use (RFC 7518): the allow-list, nothing below it enumerates them. */
export const SIGNATURE_ALGORITHMS = {
  /** ECDSA on P-256 with SHA-256; the signature is 64 bytes, r then s. */
  ES256: { keyType: 'EC' },
  /** RSASSA-PKCS1-v1_5 with SHA-256 and a key of at least 2048 bit. */
  RS256: { keyType: 'RSA' },
} as const;

export type SignatureAlgorithm = keyof typeof SIGNATURE_ALGORITHMS;

/** A public key that has been parsed and may be used at once: the login path verifies synchronously. */
export interface VerifyingKey {
  readonly algorithm: SignatureAlgorithm;
  verify(signed: Uint8Array, signature: Uint8Array): boolean;
}

/** A private key behind a port: a file in Node, WebCrypto in a browser, an eFuse block on a board. */
export interface SigningKey {
  readonly algorithm: SignatureAlgorithm;
  /** SubjectPublicKeyInfo as PEM, the form in which the registry takes it. */
  readonly publicKeyPem: string;
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** Fills and returns `bytes` from a cryptographically strong source. */
export type RandomFill = <Bytes extends Uint8Array<ArrayBuffer>>(bytes: Bytes) => Bytes;
