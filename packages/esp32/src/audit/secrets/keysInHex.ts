import type { KeyReader } from './keyReader.ts';
import { keysInDer } from './keysInDer.ts';
import type { Sighting } from './secret.ts';

/** Bytes as `openssl ec -text` writes them, which examples for IoT Core take as they are; lines end in a colon. */
const COLON_HEX = /(?<!:)[0-9a-fA-F]{2}(?::\s*[0-9a-fA-F]{2}){23,}/g;
const PLAIN_HEX = /[0-9a-fA-F]{48,}/g;

/** Private keys in hexadecimal digits with colons between the bytes. */
export function* keysInColonHex(text: string, reader: KeyReader): Generator<Sighting> {
  for (const { index, 0: digits } of text.matchAll(COLON_HEX)) {
    // The digest of a certificate is as long, and tools write it in capitals.
    const confidence = digits.toUpperCase() === digits ? 'suspected' : 'structured';
    const place = { offset: index, length: digits.length };
    yield* keysInBytes(digits, 'in hexadecimal with colons', place, confidence, reader);
  }
}

/** Private keys in plain hexadecimal digits, which digests are often written in too. */
export function* keysInHex(text: string, reader: KeyReader): Generator<Sighting> {
  for (const { index, 0: run } of text.matchAll(PLAIN_HEX)) {
    // What comes before in flash may look like a digit; a text ends with a zero.
    const digits = run.slice(run.length % 2);
    const place = { offset: index + (run.length % 2), length: digits.length };
    yield* keysInBytes(digits, 'in hexadecimal', place, 'suspected', reader);
  }
}

function* keysInBytes(
  digits: string,
  form: string,
  place: Pick<Sighting, 'offset' | 'length'>,
  confidence: Sighting['confidence'],
  reader: KeyReader,
): Generator<Sighting> {
  const bytes = bytesOf(digits);
  const scalar = reader.fromScalar(withoutSign(bytes), form, place, confidence);
  if (scalar !== undefined) yield scalar;
  for (const sighting of keysInDer(bytes, reader, `in DER, ${form}`)) yield { ...sighting, ...place };
}

/** The bytes of hexadecimal digits; what stands between them is passed over. */
export function bytesOf(digits: string): Uint8Array {
  const bytes = new Uint8Array(digits.length >> 1);
  let count = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = VALUES[digits.charCodeAt(at)] as number;
    if (digit === NO_DIGIT) continue;
    bytes[count >> 1] = ((bytes[count >> 1] as number) << 4) | digit;
    count++;
  }
  return bytes.subarray(0, count >> 1);
}

const NO_DIGIT = 0xff;
/** By the code of a character. */
const VALUES: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? NO_DIGIT : value;
});

/** A number whose first bit is set is written with a zero before it. */
function withoutSign(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0 && bytes.length % 8 === 1 ? bytes.subarray(1) : bytes;
}
