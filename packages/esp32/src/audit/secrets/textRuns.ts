/** Printable ASCII with its line breaks, as it lies between bytes that are no text. */
export interface TextRun {
  readonly offset: number;
  readonly text: string;
}

/** The shortest text that can be a secret with its form: a URL with a name and a password in it. */
const LEAST_LENGTH = 12;
/** Longer texts come in pieces: what looks for patterns needs a stack that grows with them. */
const MOST_LENGTH = 0x20000;
/** What the end of a piece and the start of the next have in common: the longest secret, 16384 bits of RSA twice in base64. */
const OVERLAP = 0x6000;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const IS_TEXT: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isBreak = byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN;
  return isBreak || (byte >= 0x20 && byte < 0x7f) ? 1 : 0;
});

/** All texts in `bytes`, in order; a very long one in pieces that overlap. */
export function* textRuns(bytes: Uint8Array): Generator<TextRun> {
  const decoder = new TextDecoder();
  for (let at = 0; at < bytes.length; at++) {
    if (IS_TEXT[bytes[at] as number] === 0) continue;
    const start = at;
    while (at < bytes.length && IS_TEXT[bytes[at] as number] === 1) at++;
    if (at - start < LEAST_LENGTH) continue;
    for (let offset = start; ; offset += MOST_LENGTH - OVERLAP) {
      const end = Math.min(offset + MOST_LENGTH, at);
      yield { offset, text: decoder.decode(bytes.subarray(offset, end)) };
      if (end === at) break;
    }
  }
}
