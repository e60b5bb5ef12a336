// MQTT 3.1.1, section 1.5.3: UTF-8 encoded strings.
import type { RuleName } from './rules.ts';

/** Strings and binary fields carry their length in two bytes. */
export const MAX_FIELD_BYTES = 65_535;

// `ignoreBOM` keeps a leading U+FEFF, as MQTT-1.5.3-3 demands; `fatal` refuses surrogates and overlong forms.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Text of a string field, or `undefined` if the bytes are not well-formed UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes of a string field. Lone surrogates would silently become U+FFFD: ask {@link stringRule} first. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * The rule that `text` breaks, if any, but for its length. U+0000 is forbidden; the other control characters a receiver
 * may refuse (section 1.5.3), and nothing good has them in its name.
 */
export function stringRule(text: string): RuleName | undefined {
  // A loop: a regular expression takes twice as long, for every topic of every PUBLISH.
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)) return unit === 0 ? 'UTF8_NUL' : 'UTF8_CONTROL';
  }
  return text.isWellFormed() ? undefined : 'UTF8_ILL_FORMED';
}
