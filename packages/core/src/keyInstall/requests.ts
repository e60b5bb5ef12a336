// docs/decisions/0010-key-install.md, "Requests and answers".
import { concatBytes, equalBytes, utf8Decode, utf8Encode } from '../bytes/bytes.ts';
import { LIMITS } from '../contract/limits.ts';
import { MAX_FACTORY_DATA_BYTES } from './factoryData.ts';

/** What a station asks for, by the kind of its frame. */
export const REQUESTS = {
  open: 0x01,
  'write facts': 0x02,
  'make keys': 0x03,
  'install key': 0x04,
  prove: 0x05,
  finish: 0x06,
} as const;

export type RequestName = keyof typeof REQUESTS;

/** The answer to a request has its kind and this bit. */
export const ANSWER = 0x80;
/** A refusal: its payload is one of the codes of `REFUSALS`. */
export const REFUSAL_KIND = 0xff;

/** A device has at most as many keys as the registry keeps of it. */
export const MAX_KEYS: number = LIMITS.credentialsPerDevice;
export const PRIVATE_KEY_BYTES = 32;
/** x then y. */
export const PUBLIC_KEY_BYTES = 64;
export const SIGNATURE_BYTES = 64;
/** What tells the magic packets of two stations, or of two tries, apart. */
export const TOKEN_BYTES = 8;
/** The longest piece of the facts in a frame. */
export const FACTS_PIECE_BYTES = 128;

const MAGIC: Uint8Array = utf8Encode('MkIoT key install');

/** The payload of the magic packet. */
export function encodeMagic(token: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(MAGIC, token);
}

/** The token of a magic packet; undefined: it is none. */
export function decodeMagic(payload: Uint8Array): Uint8Array | undefined {
  const isMagic = payload.length === MAGIC.length + TOKEN_BYTES && equalBytes(payload.subarray(0, MAGIC.length), MAGIC);
  return isMagic ? payload.slice(MAGIC.length) : undefined;
}

/** What a device tells of itself. */
export interface UnitIdentity {
  /** As printed: six bytes of the factory address, the first one first. */
  readonly mac: Uint8Array;
  /** Name of the chip, as `ESP32-C3`. */
  readonly chip: string;
  readonly firmwareVersion: string;
}

const MAC_BYTES = 6;
/** Of chip and version each. */
const MAX_TEXT_BYTES = 64;

export function encodeIdentity(
  token: Uint8Array,
  { mac, chip, firmwareVersion }: UnitIdentity,
): Uint8Array<ArrayBuffer> {
  const text = (value: string): Uint8Array => {
    const bytes = utf8Encode(value).subarray(0, MAX_TEXT_BYTES);
    return concatBytes(Uint8Array.of(bytes.length), bytes);
  };
  return concatBytes(token, mac, text(chip), text(firmwareVersion));
}

/** Undefined: it is no answer to the magic packet with `token`. */
export function decodeIdentity(token: Uint8Array, payload: Uint8Array): UnitIdentity | undefined {
  const texts = payload.subarray(TOKEN_BYTES + MAC_BYTES);
  const chipEnd = 1 + (texts[0] ?? 0);
  const versionEnd = chipEnd + 1 + (texts[chipEnd] ?? 0);
  if (!equalBytes(payload.subarray(0, TOKEN_BYTES), token) || versionEnd !== texts.length) return undefined;
  try {
    return {
      mac: payload.slice(TOKEN_BYTES, TOKEN_BYTES + MAC_BYTES),
      chip: utf8Decode(texts.subarray(1, chipEnd)),
      firmwareVersion: utf8Decode(texts.subarray(chipEnd + 1, versionEnd)),
    };
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** A piece of the encoded factory data. */
export interface FactsPiece {
  readonly offset: number;
  /** Bytes of the whole. */
  readonly total: number;
  readonly bytes: Uint8Array;
}

export function encodeFactsPiece({ offset, total, bytes }: FactsPiece): Uint8Array<ArrayBuffer> {
  return concatBytes(Uint8Array.of(offset >>> 8, offset & 0xff, total >>> 8, total & 0xff), bytes);
}

/** Undefined: it is no piece of factory data. */
export function decodeFactsPiece(payload: Uint8Array): FactsPiece | undefined {
  if (payload.length < 4) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset);
  const [offset, total, bytes] = [view.getUint16(0), view.getUint16(2), payload.subarray(4)];
  const isPiece = bytes.length > 0 && bytes.length <= FACTS_PIECE_BYTES && offset + bytes.length <= total;
  return isPiece && total <= MAX_FACTORY_DATA_BYTES ? { offset, total, bytes } : undefined;
}

/** Whether a device may have so many keys. */
export function isKeyCount(count: number | undefined): count is number {
  return count !== undefined && count >= 1 && count <= MAX_KEYS;
}

/** What station and device compare before anything is stored: SHA-256 of these bytes. */
export function installedBytes(publicKeys: readonly Uint8Array[], facts: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(MAGIC, Uint8Array.of(0, publicKeys.length), ...publicKeys, facts);
}
