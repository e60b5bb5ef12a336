// docs/provisioning.md, "Tickets".
import { base64Decode, base64UrlEncode } from '../bytes/base64.ts';
import { utf8Encode } from '../bytes/bytes.ts';
import { type DeviceName, formatDeviceName } from '../contract/resourceNames.ts';
import { encodeSignedBytes } from '../deviceLogin/signedBytes.ts';
import type { Sha256 } from '../crypto/sha256.ts';

/** 128 random bits. */
export const ENROLMENT_TICKET_BYTES = 16;

const PREFIX = 'mkiot-ticket-';

/** The text that a board is given: `mkiot-ticket-…`, by whose beginning secret scanners find a leaked one. */
export function formatEnrolmentTicket(bytes: Uint8Array): string {
  return `${PREFIX}${base64UrlEncode(bytes)}`;
}

/** Whether `text` is written as a ticket is; whether there is such a one only the server knows. */
export function isEnrolmentTicket(text: string): boolean {
  const bytes = text.startsWith(PREFIX) ? base64Decode(text.slice(PREFIX.length)) : undefined;
  return bytes?.length === ENROLMENT_TICKET_BYTES && formatEnrolmentTicket(bytes) === text;
}

/**
 * What a board signs with its new key when it redeems `ticket`: whoever sees the call cannot put his own key into it.
 *
 * @param bridgeId names the installation: SHA-256 of its authority's key
 */
export async function encodeEnrolmentProof(
  ticket: string,
  device: DeviceName,
  bridgeId: Uint8Array,
  sha256: Sha256,
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = await sha256(utf8Encode(ticket));
  return encodeSignedBytes({ purpose: 'ENROLMENT', challenge, clientId: formatDeviceName(device), bridgeId });
}
