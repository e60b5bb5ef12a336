// docs/provisioning.md, "The unit record".
import { base64Decode, base64UrlEncode } from '../bytes/base64.ts';
import { toHex, utf8Decode, utf8Encode } from '../bytes/bytes.ts';
import { formatDeviceName, parseDeviceName, type DeviceName } from '../contract/resourceNames.ts';
import { isResourceId } from '../contract/ids.ts';
import { LIMITS } from '../contract/limits.ts';
import { MkiotError } from '../errors/mkiotError.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../json/jsonObject.ts';
import { canonicalJson, type CanonicalValue } from './canonicalJson.ts';
import { isMac } from './mac.ts';
import { isP256PublicKey } from './p256PublicKey.ts';
import { unitRecordError } from './unitRecordErrors.ts';

/** A public key of a unit. */
export interface UnitKey {
  /** SubjectPublicKeyInfo (DER) on P-256. */
  readonly publicKey: Uint8Array;
  /** Milliseconds since 1970; absent: never. */
  readonly expiresAtMs?: number | undefined;
}

/** What a station has found out about a unit, before the unit has proven anything. */
export interface UnitFacts {
  /** Random, {@link UNIT_FIELDS}.id bytes: another content under the same id is a replay. */
  readonly id: Uint8Array;
  /** The station's id, 16 hexadecimal digits. */
  readonly station: string;
  /** When the record was made by the station's clock, milliseconds since 1970. Nothing hangs on it. */
  readonly timeMs: number;
  /** Random, {@link UNIT_FIELDS}.nonce bytes, new for each unit. */
  readonly nonce: Uint8Array;
  /** The device that the unit is to be; its id, never a numeric one. */
  readonly device: DeviceName;
  /** Factory MAC address, `24:0a:c4:12:34:56`. */
  readonly mac: string;
  /** The chip's name as `esp32` writes it, and its silicon revision, 100 · major + minor. */
  readonly chip: { readonly name: string; readonly revision: number };
  /** SHA-256 of the eFuse blocks as the station read them. */
  readonly efuseSha256: Uint8Array;
  /** One to three, the first being the one in use. */
  readonly keys: readonly UnitKey[];
}

/** A key with the proof that the unit has its private half: ES256 over `encodeUnitProof`. */
export interface ProvenUnitKey extends UnitKey {
  readonly proof: Uint8Array;
}

/** Facts and proofs: what the station signs. */
export interface UnitRecord extends UnitFacts {
  readonly keys: readonly ProvenUnitKey[];
}

/** Lengths in bytes. */
const UNIT_FIELDS = { id: 16, nonce: 32, efuseSha256: 32, proof: 64 } as const;

const FORMAT = { type: 'mkiot-unit-record', version: 1 } as const;
/** Three keys, the longest device name, and room. */
const MAX_BYTES = 4_096;

/** What the unit's proofs are bound to: the record without them. Throws `UNIT_RECORD_…` where {@link decodeUnitRecord} would refuse. */
export function encodeUnitFacts(facts: UnitFacts): Uint8Array<ArrayBuffer> {
  return checked(utf8Encode(canonicalJson(jsonOf(facts))), false);
}

/** The bytes that a station signs: RFC 8785. Throws `UNIT_RECORD_…` where {@link decodeUnitRecord} would refuse. */
export function encodeUnitRecord(record: UnitRecord): Uint8Array<ArrayBuffer> {
  return checked(utf8Encode(canonicalJson(jsonOf(record))), true);
}

/** Reads what {@link encodeUnitRecord} writes, and no other form of it. Returns `UNIT_RECORD_…`. */
export function decodeUnitRecord(bytes: Uint8Array): UnitRecord | MkiotError {
  return decode(bytes, true) as UnitRecord | MkiotError;
}

function checked(bytes: Uint8Array<ArrayBuffer>, isProven: boolean): Uint8Array<ArrayBuffer> {
  const decoded = decode(bytes, isProven);
  if (decoded instanceof MkiotError) throw decoded;
  return bytes;
}

function jsonOf(facts: UnitFacts): CanonicalValue {
  return {
    ...FORMAT,
    id: base64UrlEncode(facts.id),
    station: facts.station,
    timeMs: facts.timeMs,
    nonce: base64UrlEncode(facts.nonce),
    device: formatDeviceName(facts.device),
    mac: facts.mac,
    chip: { name: facts.chip.name, revision: facts.chip.revision },
    efuseSha256: toHex(facts.efuseSha256),
    keys: facts.keys.map((key) => ({
      publicKey: base64UrlEncode(key.publicKey),
      ...(key.expiresAtMs !== undefined && { expiresAtMs: key.expiresAtMs }),
      ...('proof' in key && { proof: base64UrlEncode((key as ProvenUnitKey).proof) }),
    })),
  };
}

function decode(bytes: Uint8Array, isProven: boolean): UnitFacts | MkiotError {
  if (bytes.length > MAX_BYTES) return unitRecordError('UNIT_RECORD_TOO_LONG', { bytes: bytes.length, max: MAX_BYTES });
  const json = objectOf(bytes);
  if (json === undefined) return unitRecordError('UNIT_RECORD_NOT_JSON');
  if (json['type'] !== FORMAT.type || json['version'] !== FORMAT.version) {
    return unitRecordError('UNIT_RECORD_VERSION_UNKNOWN', { expected: `${FORMAT.type} ${FORMAT.version}` });
  }
  const facts = factsOf(json, isProven);
  if (facts instanceof MkiotError) return facts;
  // Order, blanks, foreign and double members, other spellings of numbers and texts: all of it shows here.
  const isCanonical = canonicalJson(jsonOf(facts)) === utf8Decode(bytes);
  return isCanonical ? facts : unitRecordError('UNIT_RECORD_NOT_CANONICAL');
}

function objectOf(bytes: Uint8Array): JsonObject | undefined {
  try {
    return parseJsonObject(utf8Decode(bytes));
  } catch {
    return undefined;
  }
}

function factsOf(json: JsonObject, isProven: boolean): UnitFacts | MkiotError {
  const { station, timeMs, mac, efuseSha256 } = json;
  const id = bytesOf(json['id'], UNIT_FIELDS.id);
  if (id === undefined) return unfit('id', `${UNIT_FIELDS.id} bytes in base64url`);
  if (typeof station !== 'string' || !/^[0-9a-f]{16}$/.test(station)) return unfit('station', '16 hexadecimal digits');
  if (!isWhole(timeMs)) return unfit('timeMs', 'milliseconds since 1970');
  const nonce = bytesOf(json['nonce'], UNIT_FIELDS.nonce);
  if (nonce === undefined) return unfit('nonce', `${UNIT_FIELDS.nonce} bytes in base64url`);
  const device = typeof json['device'] === 'string' ? parseDeviceName(json['device']) : undefined;
  if (device === undefined || !isResourceId(device.device)) return unfit('device', 'a whole device name with its id');
  if (!isMac(mac)) return unfit('mac', 'the address of one station, such as 24:0a:c4:12:34:56');
  const chip = chipOf(json['chip']);
  if (chip === undefined) return unfit('chip', 'name and revision');
  if (typeof efuseSha256 !== 'string' || !/^[0-9a-f]{64}$/.test(efuseSha256)) {
    return unfit('efuseSha256', '64 hexadecimal digits');
  }
  const keys = keysOf(json['keys'], isProven);
  if (keys === undefined) {
    return unfit('keys', `1 to ${LIMITS.credentialsPerDevice} different keys on P-256, each with its proof`);
  }
  return { id, station, timeMs, nonce, device, mac, chip, efuseSha256: bytesOfHex(efuseSha256), keys };
}

function unfit(member: string, expected: string): MkiotError {
  return unitRecordError('UNIT_RECORD_MEMBER_UNFIT', { member, expected });
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function bytesOf(text: unknown, length: number): Uint8Array | undefined {
  const bytes = typeof text === 'string' ? base64Decode(text) : undefined;
  return bytes?.length === length ? bytes : undefined;
}

function bytesOfHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function chipOf(chip: unknown): UnitFacts['chip'] | undefined {
  if (!isJsonObject(chip)) return undefined;
  const { name, revision } = chip;
  const isFit = typeof name === 'string' && /^[A-Za-z0-9-]{1,32}$/.test(name) && isWhole(revision);
  return isFit ? { name, revision } : undefined;
}

function keysOf(json: unknown, isProven: boolean): readonly UnitKey[] | undefined {
  if (!Array.isArray(json) || json.length < 1 || json.length > LIMITS.credentialsPerDevice) return undefined;
  const keys = json.map((key: unknown) => keyOf(key, isProven));
  if (!keys.every((key) => key !== undefined)) return undefined;
  return new Set(keys.map((key) => toHex(key.publicKey))).size === keys.length ? keys : undefined;
}

function keyOf(json: unknown, isProven: boolean): UnitKey | ProvenUnitKey | undefined {
  if (!isJsonObject(json)) return undefined;
  const publicKey = typeof json['publicKey'] === 'string' ? base64Decode(json['publicKey']) : undefined;
  const { expiresAtMs } = json;
  const hasFitExpiry = expiresAtMs === undefined || isWhole(expiresAtMs);
  if (publicKey === undefined || !isP256PublicKey(publicKey) || !hasFitExpiry) return undefined;
  const key = { publicKey, ...(expiresAtMs !== undefined && { expiresAtMs }) };
  if (!isProven) return key;
  const proof = bytesOf(json['proof'], UNIT_FIELDS.proof);
  return proof === undefined ? undefined : { ...key, proof };
}
