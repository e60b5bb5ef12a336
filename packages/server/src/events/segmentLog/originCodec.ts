import type { EncodedOrigin, EventOrigin } from '../eventLog.ts';
import { eventsError } from '../eventsErrors.ts';
import { getSafeInteger64, setSafeInteger64 } from './safeInteger64.ts';

/**
 * The text fields of an encoded origin in order; each has its length in one byte before it. Before all: `deviceNumId`. After
 * all: `gatewayId`, for what came through a gateway; and after that, which may be empty for it, the mark of a will.
 */
const TEXT_FIELDS = ['project', 'location', 'registry', 'deviceId'] as const;
const WILL_MARK = 'will';
const MAX_TEXTS = TEXT_FIELDS.length + 2;
const MAX_TEXT_BYTES = 255;
const NUM_ID_BYTES = 8;

/** Most bytes that an encoded origin can have. */
export const MAX_ORIGIN_BYTES = NUM_ID_BYTES + MAX_TEXTS * (1 + MAX_TEXT_BYTES);

/**
 * Makes the bytes of an origin, once a session.
 *
 * @throws `EVENT_ORIGIN_TOO_LONG`
 */
export function encodeOrigin(origin: EventOrigin): EncodedOrigin {
  const texts = TEXT_FIELDS.map((field) => encodeText(field, origin[field]));
  const { gatewayId, isWill } = origin;
  if (gatewayId !== undefined || isWill === true) texts.push(encodeText('gatewayId', gatewayId ?? ''));
  if (isWill === true) texts.push(encodeText('isWill', WILL_MARK));
  const numId = new Uint8Array(NUM_ID_BYTES);
  setSafeInteger64(new DataView(numId.buffer), 0, origin.deviceNumId);
  return { ...origin, encoded: Buffer.concat([numId, ...texts.flatMap((text) => [Uint8Array.of(text.length), text])]) };
}

/** The origin that `bytes` are, or `undefined` if they are none: too short, too long, no UTF-8, no safe integer. */
export function decodeOrigin(bytes: Uint8Array): EventOrigin | undefined {
  if (bytes.length < NUM_ID_BYTES) return undefined;
  const deviceNumId = getSafeInteger64(new DataView(bytes.buffer, bytes.byteOffset, NUM_ID_BYTES), 0);
  const texts: string[] = [];
  let offset = NUM_ID_BYTES;
  while (texts.length < TEXT_FIELDS.length || (offset < bytes.length && texts.length < MAX_TEXTS)) {
    const end = offset + 1 + (bytes[offset] ?? bytes.length);
    const text = end > bytes.length ? undefined : decodeText(bytes.subarray(offset + 1, end));
    if (text === undefined) return undefined;
    texts.push(text);
    offset = end;
  }
  if (deviceNumId === undefined || offset !== bytes.length) return undefined;
  const [project = '', location = '', registry = '', deviceId = '', gatewayId, mark] = texts;
  const device = { project, location, registry, deviceId, deviceNumId };
  // An empty text for the gateway has no other reason than a mark behind it.
  if ((mark !== undefined && mark !== WILL_MARK) || (gatewayId === '' && mark === undefined)) return undefined;
  const through = gatewayId === undefined || gatewayId === '' ? {} : { gatewayId };
  return { ...device, ...through, ...(mark === undefined ? {} : { isWill: true }) };
}

/** Text of well-formed UTF-8, or `undefined`. */
export function decodeText(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  // Node puts U+FFFD where bytes are malformed; a text that really has one is looked at again.
  return text.includes('\uFFFD') && !Buffer.from(text).equals(bytes) ? undefined : text;
}

function encodeText(field: string, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length > MAX_TEXT_BYTES) {
    throw eventsError('EVENT_ORIGIN_TOO_LONG', { field, bytes: bytes.length, max: MAX_TEXT_BYTES });
  }
  return bytes;
}
