import { generateKeyPairSync } from 'node:crypto';

/** A key pair that the provisioning station makes for a device. */
export interface DeviceKey {
  /** 32 bytes as the sketch takes them: hexadecimal, a colon between the bytes (figure 7). */
  readonly colonHex: string;
  /** PEM, as it is registered in the cloud. */
  readonly publicKey: string;
}

/** The three P-256 key pairs that each device is given (section V of the paper), made afresh. */
export function makeDeviceKeys(): readonly DeviceKey[] {
  return Array.from({ length: 3 }, () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const number = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url').toString('hex');
    return {
      colonHex: (number.match(/../g) ?? []).join(':'),
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
    };
  });
}
