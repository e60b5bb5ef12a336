// IoT Core, "Attach a device to a gateway": what a gateway publishes on `/devices/{device}/attach`.
import { LIMITS } from './limits.ts';
import { utf8Decode } from '../bytes/bytes.ts';

/** The braces, the name and what may stand around them. */
const ENVELOPE_BYTES = 1_024;

/** Google's Node.js sample sends `{ 'authorization' : eyJ… }`: single quotes, and none around the token. */
const SAMPLE_PAYLOAD = /^\s*\{\s*['"]?authorization['"]?\s*:\s*['"]?([\w=-]+(?:\.[\w=-]+){2})['"]?\s*\}\s*$/;

/**
 * The token of the device that an attach message carries. A gateway that needs none sends `{}`, nothing at all, or an
 * empty token; what cannot be read brings none either, and the rules of the gateway decide whether that is enough.
 *
 * @returns the token, not looked at yet, or `undefined` where there is none
 */
export function parseAttachPayload(payload: Uint8Array): string | undefined {
  if (payload.length > LIMITS.tokenBytes + ENVELOPE_BYTES) return undefined;
  const text = textOf(payload);
  const token = authorizationOf(text) ?? SAMPLE_PAYLOAD.exec(text)?.[1];
  return token === '' ? undefined : token;
}

function textOf(payload: Uint8Array): string {
  try {
    return utf8Decode(payload);
  } catch {
    return '';
  }
}

function authorizationOf(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const hasMember = typeof value === 'object' && value !== null && 'authorization' in value;
    return hasMember && typeof value.authorization === 'string' ? value.authorization : undefined;
  } catch {
    return undefined;
  }
}
