import type { BitErrors } from '../../faults/bitErrors.ts';
import type { UartFormat } from './uartFormat.ts';

/** A character on a line, from the edge of its start bit to the end of its last stop bit. Times by the monotonic clock. */
export interface UartCharacter {
  readonly byte: number;
  readonly format: UartFormat;
  readonly startMs: number;
  readonly endMs: number;
}

/** What a receiver makes of a character. */
export interface HeardCharacter {
  readonly byte: number;
  readonly hasParityError: boolean;
  readonly hasFramingError: boolean;
  /** When its last stop bit ended. */
  readonly endMs: number;
}

/** Receivers find the middle of the last bit up to this difference in speed. */
const BAUD_TOLERANCE = 0.04;

/**
 * How a receiver that is set to `format` hears a character.
 *
 * @param noise flips bits of it
 * @returns undefined when a flipped start bit hides it
 */
export function hearCharacter(
  character: UartCharacter,
  format: UartFormat,
  noise: BitErrors | undefined,
): HeardCharacter | undefined {
  const { endMs } = character;
  const sent = character.format;
  if (Math.abs(sent.baud / format.baud - 1) > BAUD_TOLERANCE) {
    return { byte: misread(character.byte), hasParityError: false, hasFramingError: true, endMs };
  }
  // On the line, low bit first: start bit 0, data, parity, the first stop bit 1; an idle line is 1.
  const idle = -1 << (1 + sent.dataBits);
  const data = character.byte & ((1 << sent.dataBits) - 1);
  const parity = sent.parity === 'none' ? 1 : parityOf(data, sent.parity);
  const withParity = sent.parity === 'none' ? idle : (idle << 1) | (parity << (1 + sent.dataBits));
  const bits = withParity | (data << 1);
  const heardBits = 1 + format.dataBits + (format.parity === 'none' ? 0 : 1) + 1;
  const arrived = noise?.flip(bits, heardBits) ?? bits;
  if ((arrived & 1) === 1) return undefined;
  const byte = (arrived >>> 1) & ((1 << format.dataBits) - 1);
  const heardParity = (arrived >>> (1 + format.dataBits)) & 1;
  return {
    byte,
    hasParityError: format.parity !== 'none' && heardParity !== parityOf(byte, format.parity),
    hasFramingError: ((arrived >>> (heardBits - 1)) & 1) === 0,
    endMs,
  };
}

function parityOf(byte: number, parity: 'odd' | 'even'): number {
  let ones = parity === 'odd' ? 1 : 0;
  for (let bits = byte; bits !== 0; bits >>>= 1) ones += bits & 1;
  return ones & 1;
}

/** What comes of a character at the wrong speed, or of two at once: edges fall into other bits. */
export function misread(byte: number): number {
  return (byte ^ (byte << 1) ^ 0x80) & 0xff;
}
