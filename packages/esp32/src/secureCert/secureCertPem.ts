import { base64Decode } from '@mkiot/core/bytes/base64';
import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { decodeText } from '../bytes/decodeText.ts';
import { derPrivateKey, ownFormLabel } from '../keys/derPrivateKey.ts';
import type { PrivateKey } from '../keys/keys.ts';
import { parseDerPrivateKey, parsePemPrivateKey } from '../keys/pemKeys.ts';
import { pemText } from '../keys/pemText.ts';
import { secureCertError } from './secureCertErrors.ts';

/** PEM is stored with a zero behind it, DER as it is: so the device tells them apart. */
function pemValue(label: string, der: Uint8Array): Uint8Array {
  return concatBytes(utf8Encode(pemText(label, der)), Uint8Array.of(0));
}

/**
 * A certificate as configure_esp_secure_cert.py stores it: PEM in its usual lines, DER as it is.
 *
 * @param line of the CSV, for errors
 * @throws `SECURE_CERT_CSV_CERTIFICATE`
 */
export function certificateValue(contents: Uint8Array, line: number): Uint8Array {
  const text = decodeText(contents);
  if (typeof text === 'number') return contents;
  const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g)];
  const der = base64Decode(blocks[0]?.[1]?.replaceAll(/\s/g, '') ?? '-');
  // The tool would take the first and drop the others without a word.
  if (blocks.length !== 1 || der === undefined || der[0] !== 0x30) {
    throw secureCertError('SECURE_CERT_CSV_CERTIFICATE', { line, found: blocks.length });
  }
  return pemValue('CERTIFICATE', der);
}

/**
 * A private key as configure_esp_secure_cert.py stores it: in its own form, PKCS #1 or SEC 1, as PEM or DER, whichever it came in.
 *
 * @param line of the CSV, for errors
 * @throws `SECURE_CERT_CSV_KEY`, without a byte of it
 */
export function privateKeyValue(contents: Uint8Array, line: number): Uint8Array {
  const text = decodeText(contents);
  const isPem = typeof text !== 'number' && text.includes('-----BEGIN ');
  const key = readKey(() => (isPem ? parsePemPrivateKey(text) : parseDerPrivateKey(contents)), line);
  const der = derPrivateKey(key);
  return isPem ? pemValue(ownFormLabel(key), der) : der;
}

function readKey(read: () => PrivateKey, line: number): PrivateKey {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MkiotError)) throw error;
    throw secureCertError('SECURE_CERT_CSV_KEY', { line, reason: error.message });
  }
}
