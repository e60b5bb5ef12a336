import { DER_TAGS } from '../../keys/derReader.ts';
import type { KeyReader } from './keyReader.ts';
import type { Sighting } from './secret.ts';

/** A version number: what PKCS #1, PKCS #8 and SEC 1 all begin with. */
const VERSION_BYTES = 3;
/** 16384 bits of RSA take less. */
const MOST_BYTES = 0x2800;

/** Private keys in DER, at any offset of `bytes`. */
export function* keysInDer(bytes: Uint8Array, reader: KeyReader, form = 'in DER'): Generator<Sighting> {
  for (let at = bytes.indexOf(DER_TAGS.sequence); at !== -1; at = bytes.indexOf(DER_TAGS.sequence, at + 1)) {
    const length = privateKeyLength(bytes, at);
    if (length === undefined || at + length > bytes.length) continue;
    const sighting = reader.fromDer(bytes.subarray(at, at + length), form, { offset: at, length });
    if (sighting === undefined) continue;
    yield sighting;
    at += length - 1;
  }
}

/** How many bytes the key takes whose first ten stand at `at`; undefined where they cannot be of one. */
export function privateKeyLength(bytes: Uint8Array, at: number): number | undefined {
  const short = bytes[at + 1] ?? 0;
  const lengthBytes = short > 0x80 && short <= 0x82 ? short - 0x80 : 0;
  if (bytes[at] !== DER_TAGS.sequence || (lengthBytes === 0 && short >= 0x80)) return undefined;
  const header = 2 + lengthBytes;
  const long = lengthBytes === 1 ? bytes[at + 2] : 256 * (bytes[at + 2] ?? 0) + (bytes[at + 3] ?? 0);
  const length = header + (lengthBytes === 0 ? short : (long ?? 0));
  return length <= MOST_BYTES && beginsLikeKey(bytes, at + header) ? length : undefined;
}

/** What follows the version says what it is: an octet string in SEC 1, an algorithm in PKCS #8, a long number in PKCS #1. */
function beginsLikeKey(bytes: Uint8Array, at: number): boolean {
  const [tag, one, version] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (tag !== DER_TAGS.integer || one !== 1) return false;
  const [next, length = 0] = [bytes[at + VERSION_BYTES], bytes[at + VERSION_BYTES + 1]];
  if (version === 1) return next === DER_TAGS.octetString && length >= 16 && length <= 66;
  if (version !== 0) return false;
  if (next === DER_TAGS.integer) return length >= 0x40;
  return next === DER_TAGS.sequence && bytes[at + VERSION_BYTES + 2] === DER_TAGS.objectIdentifier;
}
