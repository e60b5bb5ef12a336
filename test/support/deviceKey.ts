import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/**
 * A device's P-256 key and the tokens it signs, written on node:crypto alone: the platform's own token code is what is
 * under test.
 */
export class DeviceKey {
  readonly publicKeyPem: string;
  readonly #privateKey: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' });
    this.#privateKey = privateKey;
  }

  get privateKeyPem(): string {
    return this.#privateKey.export({ type: 'pkcs8', format: 'pem' });
  }

  /** An ES256 token for `audience` that is valid for an hour from now. */
  token(audience: string): string {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const claims = { iat: nowSeconds, exp: nowSeconds + 3600, aud: audience };
    const signed = `${base64Url({ alg: 'ES256', typ: 'JWT' })}.${base64Url(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
}

function base64Url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
