import type { PublicKey } from '../../keys/keys.ts';
import type { Confidence } from '../finding.ts';

/**
 * - `private-key`: of RSA or an elliptic curve
 * - `token`: what opens a service to whoever sends it
 * - `url-credentials`: user name and password in a URL
 * - `wifi-password`: of a network that the device joins or opens
 * - `named-value`: in NVS under a name that speaks of a secret
 */
export type SecretKind = 'private-key' | 'token' | 'url-credentials' | 'wifi-password' | 'named-value';

/** A secret that was seen in bytes. It tells what it is and never what it says. */
export interface Sighting {
  readonly kind: SecretKind;
  /** "EC private key on P-256 in PEM", with what identifies it without giving it away. */
  readonly what: string;
  /** In the bytes that were searched. */
  readonly offset: number;
  readonly length: number;
  readonly confidence: Confidence;
  /** Of a private key: how it is written, "in PEM". */
  readonly form?: string;
  /** Of a private key, where it could be derived. */
  readonly publicKey?: PublicKey;
}

/** A secret in a flash dump. */
export interface Secret extends Sighting {
  /** Where the public key that proves it was found. */
  readonly proof?: string;
  /** Label of the partition, or what else the region is. */
  readonly region: string;
  /** `namespace/key` in NVS. */
  readonly nvsKey?: string;
  /** Erased or replaced in NVS, but still readable. */
  readonly isLeftover: boolean;
  /** In the value of an esp_secure_cert TLV. */
  readonly isSecureCert: boolean;
  /** Only to be seen with the flash encryption key. */
  readonly isBehindKey: boolean;
}
