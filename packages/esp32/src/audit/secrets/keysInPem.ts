import { base64Decode } from '@mkiot/core/bytes/base64';
import { type KeyReader, unread } from './keyReader.ts';
import { privateKeyLength } from './keysInDer.ts';
import type { Sighting } from './secret.ts';

/** RFC 7468. Those that are encrypted under a passphrase have another label. */
const BEGIN = /-----BEGIN ((?:RSA |EC |DSA |OPENSSH )?PRIVATE KEY)-----/g;
/** 16384 bits of RSA take 13000 characters. */
const MOST_CHARACTERS = 0x4000;
/** Less is not a key: code that writes and reads PEM holds the two lines around one, with nothing between. */
const LEAST_DIGITS = 32;

/** Private keys in PEM in a text, also with their line breaks as `\n` of a string in JSON, or cut before their end. */
export function* keysInPem(text: string, reader: KeyReader): Generator<Sighting> {
  for (const { index, 0: begin, 1: label = '' } of text.matchAll(BEGIN)) {
    const rest = text.slice(index + begin.length, index + begin.length + MOST_CHARACTERS);
    const body = /^(?:[A-Za-z0-9+/=\s]|\\[nr])*/.exec(rest)?.[0] ?? '';
    const digits = body.replaceAll(/\\[nr]|\s/g, '');
    if (digits.length < LEAST_DIGITS) continue;
    const end = `-----END ${label}-----`;
    const isWhole = rest.startsWith(end, body.length);
    const place = { offset: index, length: begin.length + body.length + (isWhole ? end.length : 0) };
    const der = base64Decode(digits);
    if (isWhole && der !== undefined && privateKeyLength(der, 0) === der.length) {
      yield reader.fromDer(der, 'in PEM', place) ?? unread('in PEM, damaged,', place);
    } else yield unread(isWhole ? `in PEM ("${label}")` : 'in PEM, cut before its end,', place);
  }
}
