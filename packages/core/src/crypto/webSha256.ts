import type { Sha256 } from './sha256.ts';

/** SHA-256 of WebCrypto, which pages and Node have. */
export const webSha256: Sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
