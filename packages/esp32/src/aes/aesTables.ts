// The AES substitution of FIPS 197 and the "T-tables" of each direction: one look-up is SubBytes and MixColumns of a
// byte. Words hold a column with its first byte on top.

/** The product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197 section 4.2). */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    if (((b >> bit) & 1) !== 0) product ^= a << bit;
  }
  for (let bit = 14; bit >= 8; bit--) {
    if (((product >> bit) & 1) !== 0) product ^= 0x11b << (bit - 8);
  }
  return product;
}

/** SubBytes (FIPS 197 section 5.1.1): the inverse in GF(2^8), then an affine map; 3 generates the multiplicative group. */
function substitution(): Uint8Array {
  const box = new Uint8Array(256);
  // `inverse` runs through the powers of 1/3 = 0xf6 while `value` runs through those of 3.
  for (let value = 1, inverse = 1, step = 0; step < 255; step++) {
    const rotated = inverse ^ (inverse << 1) ^ (inverse << 2) ^ (inverse << 3) ^ (inverse << 4);
    box[value] = (rotated ^ (rotated >> 8) ^ 0x63) & 0xff;
    value = multiply(value, 3);
    inverse = multiply(inverse, 0xf6);
  }
  box[0] = 0x63;
  return box;
}

/** The inverse of a substitution. */
function inverted(box: Uint8Array): Uint8Array {
  const inverse = new Uint8Array(256);
  box.forEach((substitute, byte) => (inverse[substitute] = byte));
  return inverse;
}

type Column = readonly [first: number, second: number, third: number, fourth: number];

/**
 * The columns that the substituted bytes of the state's four rows add, 256 for each row. They are one table, not four: the
 * engine then keeps one base address for all look-ups of a round, which makes it nearly twice as fast.
 */
function columns(box: Uint8Array, [first, second, third, fourth]: Column): Int32Array {
  const table = new Int32Array(1024);
  box.forEach((byte, index) => {
    const [a, b, c, d] = [multiply(byte, first), multiply(byte, second), multiply(byte, third), multiply(byte, fourth)];
    table[index] = (a << 24) | (b << 16) | (c << 8) | d;
    table[index + 0x100] = (d << 24) | (a << 16) | (b << 8) | c;
    table[index + 0x200] = (c << 24) | (d << 16) | (a << 8) | b;
    table[index + 0x300] = (b << 24) | (c << 16) | (d << 8) | a;
  });
  return table;
}

const MIX_COLUMNS: Column = [2, 1, 1, 3];
const INV_MIX_COLUMNS: Column = [14, 9, 13, 11];

/** SubBytes. */
export const S: Uint8Array = substitution();
/** InvSubBytes. */
export const SI: Uint8Array = inverted(S);
/** SubBytes, then MixColumns. */
export const E: Int32Array = columns(S, MIX_COLUMNS);
/** InvSubBytes, then InvMixColumns. */
export const D: Int32Array = columns(SI, INV_MIX_COLUMNS);
/** SubBytes, then InvMixColumns: what the round keys of the equivalent inverse cipher need. */
export const K: Int32Array = columns(S, INV_MIX_COLUMNS);
