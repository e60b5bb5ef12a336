/** The number in `bits` bits of `bytes` from `bit` on, lowest first; at most 53. */
export function readBits(bytes: Uint8Array, bit: number, bits: number): number {
  let value = 0;
  for (let index = bits - 1; index >= 0; index--) value = value * 2 + bitAt(bytes, bit + index);
  return value;
}

/** Sets the ones of `value`; a bit that is one stays one, as in the chip. */
export function burnBits(bytes: Uint8Array, bit: number, bits: number, value: number): void {
  for (let index = 0; index < bits; index++) {
    const at = bit + index;
    if (Math.floor(value / 2 ** index) % 2 === 1) bytes[at >> 3] = (bytes[at >> 3] as number) | (1 << (at & 7));
  }
}

/** The bytes from `bit` on, first burned first. */
export function readBytes(bytes: Uint8Array, bit: number, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => readBits(bytes, bit + 8 * index, 8));
}

function bitAt(bytes: Uint8Array, bit: number): number {
  return ((bytes[bit >> 3] as number) >> (bit & 7)) & 1;
}
