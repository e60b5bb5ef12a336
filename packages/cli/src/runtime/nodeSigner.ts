import { parsePemPrivateKey } from '@mkiot/esp32/keys/pemKeys';
import { hashOf, type SecureBootSigner } from '@mkiot/esp32/secureBoot/signer';
import { constants, createPrivateKey, sign } from 'node:crypto';

/** Signs with OpenSSL, with the key of a PEM file. @throws as `parsePemPrivateKey` */
export function nodeSigner(pem: string): SecureBootSigner {
  const publicKey = parsePemPrivateKey(pem);
  const key = createPrivateKey(pem);
  const options =
    publicKey.kind === 'RSA'
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
      : { key, dsaEncoding: 'ieee-p1363' as const };
  return { publicKey, sign: async (image) => sign(hashOf(publicKey), image, options) };
}
