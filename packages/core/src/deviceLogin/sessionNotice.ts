// docs/protocol.md, "Renewal inside the session".
import { utf8Encode } from '../bytes/bytes.ts';
import type { MkiotError } from '../errors/mkiotError.ts';
import { parseJsonObject } from '../jwt/jsonObject.ts';
import { deviceLoginError } from './deviceLoginErrors.ts';

/** Why a notice is sent: the device has subscribed; its renewal moved the end; its renewal did not. */
export const SESSION_NOTICES = ['open', 'renewed', 'refused'] as const;

/** What a bridge tells a device about its session, on the device's own topic. No clock is needed to use it. */
export interface SessionNotice {
  readonly session: (typeof SESSION_NOTICES)[number];
  /** Milliseconds until the bridge ends the session, unless it is renewed before. */
  readonly endsInMs: number;
  /** The bridge's clock, milliseconds since 1970. */
  readonly serverTimeMs: number;
}

export function encodeSessionNotice({ session, endsInMs, serverTimeMs }: SessionNotice): Uint8Array<ArrayBuffer> {
  return utf8Encode(JSON.stringify({ session, endsInMs, serverTimeMs }));
}

/** Reads a notice; members that are not known yet do not matter. Returns `SESSION_NOTICE_MALFORMED`. */
export function parseSessionNotice(payload: Uint8Array): SessionNotice | MkiotError {
  const object = parseJsonObject(payload);
  if (object === undefined || object === 'duplicate') {
    return deviceLoginError('SESSION_NOTICE_MALFORMED', { detail: 'it is not one JSON object' });
  }
  const { endsInMs, serverTimeMs } = object;
  const session = SESSION_NOTICES.find((known) => known === object['session']);
  if (session === undefined) return malformed('session', `one of ${SESSION_NOTICES.join(', ')}`);
  if (!isMilliseconds(endsInMs)) return malformed('endsInMs', 'whole milliseconds');
  if (!isMilliseconds(serverTimeMs)) return malformed('serverTimeMs', 'whole milliseconds');
  return { session, endsInMs, serverTimeMs };
}

function malformed(member: string, expected: string): MkiotError {
  return deviceLoginError('SESSION_NOTICE_MALFORMED', { detail: `"${member}" is not ${expected}` });
}

function isMilliseconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
