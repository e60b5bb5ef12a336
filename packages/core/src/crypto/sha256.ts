/** SHA-256 of some bytes as a port: `node:crypto` gives it at once, WebCrypto as a promise. */
export type Sha256 = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | PromiseLike<Uint8Array>;
