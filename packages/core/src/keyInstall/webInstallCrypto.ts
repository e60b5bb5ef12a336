import { base64Decode } from '../bytes/base64.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { webSha256 } from '../crypto/webSha256.ts';
import type { InstallCrypto } from './installCrypto.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** SEC 1, 2.3.3: x and y follow. */
const UNCOMPRESSED = 0x04;

/** WebCrypto of page and Node. Its exported texts stay in memory until they are collected: zeroing is a best effort. */
export const webInstallCrypto: InstallCrypto = {
  sha256: webSha256,

  async newKeyPair() {
    const pair = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const privateKey = base64Decode((await crypto.subtle.exportKey('jwk', pair.privateKey)).d ?? '');
    if (privateKey === undefined) throw new TypeError('a private key has a scalar');
    return { privateKey, publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)).subarray(1) };
  },

  async verify(publicKey, signed, signature) {
    try {
      const point = concatBytes(Uint8Array.of(UNCOMPRESSED), publicKey);
      const key = await crypto.subtle.importKey('raw', point, ALGORITHM, false, ['verify']);
      return await crypto.subtle.verify(ALGORITHM, key, Uint8Array.from(signature), Uint8Array.from(signed));
    } catch (error) {
      // The point is not on the curve.
      if (error instanceof DOMException) return false;
      throw error;
    }
  },
};
