import { base64Decode } from '@mkiot/core/bytes/base64';
import { utf8Decode } from '@mkiot/core/bytes/bytes';

// Control characters, and the marks that turn the direction of text: a device could rewrite a terminal with them.
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** `text` as it may be shown in one line of a terminal, whoever wrote it: what could act on it is escaped. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** A payload in one line: its text where it is UTF-8, else its base64 with a mark. */
export function printablePayload(base64: string): string {
  const bytes = base64Decode(base64);
  if (bytes === undefined) return printable(base64);
  try {
    return printable(utf8Decode(bytes));
  } catch {
    return `base64:${base64}`;
  }
}
