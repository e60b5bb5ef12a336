import { base64Decode } from '@mkiot/core/bytes/base64';
import type { KeyReader } from './keyReader.ts';
import { privateKeyLength } from './keysInDer.ts';
import { keysInPem } from './keysInPem.ts';
import type { Sighting } from './secret.ts';

const RUN = /[A-Za-z0-9+/_-]{40,}={0,2}(?:\r?\n[A-Za-z0-9+/_-]+={0,2})*/g;
/** 32 bytes: what WireGuard and many others call a key. What comes before in flash may look like a digit or two. */
const RUN_OF_32_BYTES = /^[\w+/-]{0,3}?([A-Za-z0-9+/]{43}=)$/;
/** The first digits of a sequence in DER, and of "-----BEGIN ". */
const KEY_START = /M[A-P][A-Za-z0-9+/_-]{14}|LS0tLS1CRUdJTi/g;
const PEM_START = 'LS0tLS1CRUdJTi';
/** 16384 bits of RSA in PEM. */
const MOST_DIGITS = 0x5000;

/** Private keys in base64: DER without the lines of PEM around it, PEM as a whole, or a bare number. */
export function* keysInBase64(text: string, reader: KeyReader): Generator<Sighting> {
  for (const { index, 0: run } of text.matchAll(RUN)) {
    const digits = RUN_OF_32_BYTES.exec(run)?.[1];
    const scalar = digits === undefined ? undefined : base64Decode(digits);
    const place = { offset: index + run.length - (digits?.length ?? 0), length: digits?.length ?? 0 };
    const sighting = scalar && reader.fromScalar(scalar, 'in base64', place, 'suspected');
    if (sighting !== undefined) yield sighting;
    let end = 0;
    for (const { index: at, 0: start } of run.matchAll(KEY_START)) {
      if (at < end) continue;
      const key = keyAt(run.slice(at, at + MOST_DIGITS), start, reader);
      if (key === undefined) continue;
      yield { ...key, offset: index + at };
      end = at + key.length;
    }
  }
}

function keyAt(run: string, start: string, reader: KeyReader): Sighting | undefined {
  if (start === PEM_START) return pemKey(run, reader);
  const header = base64Decode(start);
  const length = header && privateKeyLength(header, 0);
  if (length === undefined) return undefined;
  const digits = run.replaceAll(/\s/g, '').slice(0, Math.ceil((4 * length) / 3));
  const der = base64Decode(digits);
  return der?.length === length ? reader.fromDer(der, 'in base64', { offset: 0, length: digits.length }) : undefined;
}

function pemKey(run: string, reader: KeyReader): Sighting | undefined {
  const digits = run.replaceAll(/\s/g, '');
  const bytes = base64Decode(digits) ?? base64Decode(digits.slice(0, -(digits.length % 4)));
  if (bytes === undefined) return undefined;
  const [first] = keysInPem(String.fromCharCode(...bytes), reader);
  return first && { ...first, what: `${first.what} (in base64)`, length: run.length };
}
