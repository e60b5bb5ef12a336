/**
 * The text of a file, in UTF-8 or in the UTF-16 that Windows writes with its mark; a mark is left out.
 *
 * @returns the offset of the first byte that is in no text, where the file is none
 */
export function decodeText(bytes: Uint8Array): string | number {
  const encoding = encodingOf(bytes);
  const text = decodeNoisyText(bytes);
  const bad = text.search(/[\0\ufffd]/);
  if (bad === -1) return text;
  const before = text.slice(0, bad);
  return encoding === 'utf-8' ? new TextEncoder().encode(before).length : 2 + before.length * 2;
}

/** The text of a file that may hold bytes of none, as a recording of a serial line does; they become U+FFFD. */
export function decodeNoisyText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
