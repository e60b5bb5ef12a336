import { decodeNoisyText } from '../../bytes/decodeText.ts';
import type { BootLog, BootLogLine } from './bootLog.ts';

/**
 * Reads what a serial console showed: of the ROM, of a bootloader and of an app of any ESP-IDF, with colours, whatever line
 * ends a terminal program made of them, its time stamps before the lines, and noise between them.
 *
 * Nothing is refused: a line that is cut or is no entry of the log is kept as text. Whether the text is a log at all is for
 * who reads it to judge.
 */
export function parseBootLog(bytes: Uint8Array): BootLog {
  const lines = decodeNoisyText(bytes)
    .replaceAll(COLOUR, '')
    .split(LINE_END)
    .map((raw, index) => parseLine(index + 1, raw));
  return { lines: lines.filter(({ text }) => text !== '') };
}

/** A serial line may lose the first byte of a colour's code, ESC. */
// oxlint-disable-next-line no-control-regex -- ESC is what a colour begins with
const COLOUR = /\u001b\[[\d;?]*[A-Za-z]|\[[01];3\dm|\[0m(?=\r|\n|$)/g;

/** The ROM and ESP-IDF write CR LF, of which terminal programs make CR CR LF, LF or CR. */
const LINE_END = /\r*\n|\r/;

/** Zeros and other control characters come of noise; U+FFFD of bytes that are no text. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const NOISE = /[\u0000-\u0008\u000b-\u001f\u007f\ufffd]/g;

/** `W (1234) tag: message`; the time may be left out, or be a time of day (CONFIG_LOG_TIMESTAMP_SOURCE). */
const ENTRY = /(?:^|[\s>\]])([EWIDV]) (?:\([\d:.\- ]+\) )?([A-Za-z_][\w./-]*): (.*)$/;

function parseLine(number: number, raw: string): BootLogLine {
  const text = raw.replaceAll(NOISE, '').trim();
  const [, level, tag, message] = ENTRY.exec(text) ?? [];
  if (level === undefined || tag === undefined || message === undefined) return { number, text };
  return { number, text, level: level as NonNullable<BootLogLine['level']>, tag, message };
}
