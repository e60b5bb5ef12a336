import type { RsaPkcs1 } from '@mkiot/esp32/keys/rsaPkcs1';
import { privateJwk, publicJwk } from '@mkiot/esp32/keys/webCryptoKeys';
import { constants, createPrivateKey, createPublicKey, privateDecrypt, publicEncrypt } from 'node:crypto';

const padding = constants.RSA_PKCS1_PADDING;

/** The port `RsaPkcs1` on OpenSSL, which answers a wrong ciphertext with random bytes instead of an oracle. */
export const nodeRsaPkcs1: RsaPkcs1 = {
  encrypt: (key, message) =>
    publicEncrypt({ key: createPublicKey({ key: publicJwk(key), format: 'jwk' }), padding }, message),
  decrypt(key, ciphertext) {
    try {
      return privateDecrypt({ key: createPrivateKey({ key: privateJwk(key), format: 'jwk' }), padding }, ciphertext);
    } catch {
      return undefined;
    }
  },
};
