// docs/protocol.md, "The signed bytes".
import { concatBytes, utf8Encode } from '../bytes/bytes.ts';
import { CHALLENGE_BYTES } from './challenge.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';

/**
 * What a device key signs challenges for. A signature made for one purpose is worth nothing for another: the code keeps
 * them apart, and the label tells whoever sees the bytes in a signing device what they are.
 */
export const SIGNING_PURPOSES = {
  LOGIN: { code: 0x01, label: 'MKIOT-NONCE-ES256 login' },
  RENEWAL: { code: 0x02, label: 'MKIOT-NONCE-ES256 renewal' },
  STATION_PROOF: { code: 0x03, label: 'MKIOT station proof' },
  DOWNLOAD_PROOF: { code: 0x04, label: 'MKIOT download proof' },
  ENROLMENT: { code: 0x05, label: 'MKIOT enrolment' },
} as const;

export type SigningPurpose = keyof typeof SIGNING_PURPOSES;

/** SHA-256 of the SubjectPublicKeyInfo (DER) of the installation's certificate authority: names the installation. */
export const BRIDGE_ID_BYTES = 32;

/** RFC 9266, `tls-exporter`: keying material of this label, no context, for TLS 1.3. Names the TLS connection. */
export const TLS_EXPORTER = { label: 'EXPORTER-Channel-Binding', bytes: 32 } as const;

export interface SignedFields {
  readonly purpose: SigningPurpose;
  /** As it came, {@link CHALLENGE_BYTES}. */
  readonly challenge: Uint8Array;
  /** The MQTT client identifier, `projects/…/devices/{device}`. */
  readonly clientId: string;
  /** {@link BRIDGE_ID_BYTES} */
  readonly bridgeId: Uint8Array;
  /** {@link TLS_EXPORTER}; with it the signature holds for this TLS connection only. */
  readonly exporter?: Uint8Array | undefined;
}

/** The NUL keeps the bytes from ever being the signing input of a JSON Web Token, which is base64url and dots. */
const MAGIC = concatBytes(Uint8Array.of(0x00), utf8Encode('MKIOT'));

/**
 * What a device signs to answer a challenge, and what a bridge verifies: two different sets of fields never have the same
 * bytes. Throws `SIGNED_FIELD_LENGTH`.
 */
export function encodeSignedBytes(fields: SignedFields): Uint8Array<ArrayBuffer> {
  const { purpose, challenge, clientId, bridgeId, exporter } = fields;
  const { code, label } = SIGNING_PURPOSES[purpose];
  const parts = [
    field('label', utf8Encode(label)),
    field('challenge', challenge, CHALLENGE_BYTES),
    field('client id', utf8Encode(clientId)),
    field('bridge id', bridgeId, BRIDGE_ID_BYTES),
  ];
  if (exporter !== undefined) parts.push(field('exporter', exporter, TLS_EXPORTER.bytes));
  return concatBytes(MAGIC, Uint8Array.of(code, exporter === undefined ? 0 : 1), ...parts);
}

/** `bytes` behind their length, two bytes with the higher first. */
function field(name: string, bytes: Uint8Array, expected?: number): Uint8Array {
  const { length } = bytes;
  if (expected === undefined ? length < 1 || length > 0xffff : length !== expected) {
    throw deviceLoginError('SIGNED_FIELD_LENGTH', { field: name, found: length, expected: expected ?? '1 to 65,535' });
  }
  return concatBytes(Uint8Array.of(length >>> 8, length & 0xff), bytes);
}
