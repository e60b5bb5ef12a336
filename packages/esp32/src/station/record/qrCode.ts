import { encodeQR } from 'qr';

/** A QR code: true is dark. Every row has as many modules as there are rows. */
export type QrCode = readonly (readonly boolean[])[];

/** Light modules that a reader needs around the code (ISO/IEC 18004, 6.3.8). */
const QUIET_MODULES = 4;

/** With its quiet zone, and so much redundancy that a scratch does no harm. */
export function qrCode(text: string): QrCode {
  return encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_MODULES });
}

/**
 * The code as lines for a terminal, two rows of modules a line. What is light is drawn, because terminals are mostly dark; codes are
 * read either way.
 */
export function qrLines(code: QrCode): readonly string[] {
  const lines: string[] = [];
  for (let row = 0; row < code.length; row += 2) {
    const [upper = [], lower = []] = [code[row], code[row + 1]];
    lines.push(upper.map((isDark, at) => HALVES[`${!isDark}/${lower[at] === false}`]).join(''));
  }
  return lines;
}

/** By whether the upper and the lower half are drawn. */
const HALVES = { 'true/true': '█', 'true/false': '▀', 'false/true': '▄', 'false/false': ' ' } as const;
