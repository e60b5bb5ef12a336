// u-blox 8/M8 Receiver description, "UBX protocol".
import { concatBytes } from '@mkiot/core/bytes/bytes';

export interface UbxMessage {
  /** Class in the high byte, id in the low one: 0x0107 is NAV-PVT. */
  readonly type: number;
  readonly payload: Uint8Array;
}

/** Message types. */
export const UBX = {
  NAV_PVT: 0x0107,
  RXM_PMREQ: 0x0241,
  ACK_NAK: 0x0500,
  ACK_ACK: 0x0501,
  CFG_PRT: 0x0600,
  CFG_MSG: 0x0601,
  CFG_RATE: 0x0608,
  CFG_CFG: 0x0609,
  CFG_NAV5: 0x0624,
  CFG_PMS: 0x0686,
  MON_VER: 0x0a04,
} as const;

const SYNC: readonly [number, number] = [0xb5, 0x62];
const HEADER_BYTES = 6;
/** Larger than any message of this receiver. */
const MOST_PAYLOAD = 1_024;
const MOST_LINE = 128;
const DOLLAR = 0x24;
const LINE_FEED = 0x0a;

export function encodeUbx({ type, payload }: UbxMessage): Uint8Array<ArrayBuffer> {
  const content = concatBytes(
    Uint8Array.of(type >>> 8, type & 0xff, payload.length & 0xff, payload.length >>> 8),
    payload,
  );
  return concatBytes(Uint8Array.from(SYNC), content, checksum(content));
}

/** What comes from a receiver or goes to it: UBX messages and lines of NMEA, mixed. */
export type GnssOutput = { readonly ubx: UbxMessage } | { readonly line: string };

/** Cuts a stream into messages and lines. What is neither, or is damaged, is skipped. */
export class GnssStream {
  #rest: Uint8Array = new Uint8Array();

  push(bytes: Uint8Array): readonly GnssOutput[] {
    this.#rest = concatBytes(this.#rest, bytes);
    const found: GnssOutput[] = [];
    let at = 0;
    while (at < this.#rest.length) {
      const next = nextOutput(this.#rest.subarray(at));
      if (next === 'incomplete') break;
      if (next.output !== undefined) found.push(next.output);
      at += next.length;
    }
    this.#rest = this.#rest.slice(at);
    return found;
  }
}

/** What `bytes` begin with, and how long it is. */
function nextOutput(bytes: Uint8Array): { output?: GnssOutput; length: number } | 'incomplete' {
  if (bytes[0] === DOLLAR) {
    const end = bytes.indexOf(LINE_FEED);
    if (end < 0) return bytes.length < MOST_LINE ? 'incomplete' : { length: 1 };
    if (end > MOST_LINE) return { length: 1 };
    return { output: { line: String.fromCharCode(...bytes.subarray(0, end)).trimEnd() }, length: end + 1 };
  }
  if (bytes[0] !== SYNC[0]) return { length: 1 };
  if (bytes.length < HEADER_BYTES) return bytes.length < 2 || bytes[1] === SYNC[1] ? 'incomplete' : { length: 1 };
  const [, second, class_ = 0, id = 0, low = 0, high = 0] = bytes;
  const payloadBytes = low | (high << 8);
  const end = HEADER_BYTES + payloadBytes;
  if (second !== SYNC[1] || payloadBytes > MOST_PAYLOAD) return { length: 1 };
  if (bytes.length < end + 2) return 'incomplete';
  const [a, b] = checksum(bytes.subarray(2, end));
  if (bytes[end] !== a || bytes[end + 1] !== b) return { length: 1 };
  return { output: { ubx: { type: (class_ << 8) | id, payload: bytes.slice(HEADER_BYTES, end) } }, length: end + 2 };
}

/** 8-bit Fletcher over class, id, length and payload. */
function checksum(content: Uint8Array): Uint8Array {
  let [a, b] = [0, 0];
  for (const byte of content) {
    a = (a + byte) & 0xff;
    b = (b + a) & 0xff;
  }
  return Uint8Array.of(a, b);
}
