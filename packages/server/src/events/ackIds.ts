import { base64Decode, base64UrlEncode } from '@mkiot/core/bytes/base64';
import { concatBytes } from '@mkiot/core/bytes/bytes';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { getSafeInteger64, setSafeInteger64 } from './segmentLog/safeInteger64.ts';

const SEQUENCE_BYTES = 8;
const MAC_BYTES = 12;

/** Bytes of the secret that each subscription has. */
export const ACK_SECRET_BYTES = 16;

/**
 * The acknowledgement id of an event for the subscription with this secret. It says which event, and that this subscription
 * has delivered it: a consumer can acknowledge neither blindly nor through another subscription.
 */
export function formatAckId(secret: Uint8Array, sequence: number): string {
  const bytes = new Uint8Array(SEQUENCE_BYTES);
  setSafeInteger64(new DataView(bytes.buffer), 0, sequence);
  return base64UrlEncode(concatBytes(bytes, macOf(secret, bytes)));
}

/** The sequence in an acknowledgement id of this subscription; `undefined` for anything else. */
export function parseAckId(secret: Uint8Array, ackId: string): number | undefined {
  const bytes = base64Decode(ackId);
  if (bytes?.length !== SEQUENCE_BYTES + MAC_BYTES) return undefined;
  const sequence = bytes.subarray(0, SEQUENCE_BYTES);
  if (!timingSafeEqual(bytes.subarray(SEQUENCE_BYTES), macOf(secret, sequence))) return undefined;
  return getSafeInteger64(new DataView(sequence.buffer, sequence.byteOffset, SEQUENCE_BYTES), 0);
}

function macOf(secret: Uint8Array, bytes: Uint8Array): Uint8Array {
  return createHmac('sha256', secret).update(bytes).digest().subarray(0, MAC_BYTES);
}
