// The AES substitution of FIPS 197 and the four "T-tables" of each direction: one lookup is SubBytes and MixColumns of a
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

/** The columns that substituted bytes of a row of the state add: those of the first row, rotated by eight bits a row. */
function columns(box: Uint8Array, [first, second, third, fourth]: Column, rotation: number): Int32Array {
  return Int32Array.from(box, (byte) => {
    const word =
      (multiply(byte, first) << 24) |
      (multiply(byte, second) << 16) |
      (multiply(byte, third) << 8) |
      multiply(byte, fourth);
    return rotation === 0 ? word : (word >>> rotation) | (word << (32 - rotation));
  });
}

const MIX_COLUMNS: Column = [2, 1, 1, 3];
const INV_MIX_COLUMNS: Column = [14, 9, 13, 11];

/** SubBytes. */
export const S: Uint8Array = substitution();
/** InvSubBytes. */
export const SI: Uint8Array = inverted(S);

// SubBytes, then MixColumns.
export const E0: Int32Array = columns(S, MIX_COLUMNS, 0);
export const E1: Int32Array = columns(S, MIX_COLUMNS, 8);
export const E2: Int32Array = columns(S, MIX_COLUMNS, 16);
export const E3: Int32Array = columns(S, MIX_COLUMNS, 24);
// InvSubBytes, then InvMixColumns.
export const D0: Int32Array = columns(SI, INV_MIX_COLUMNS, 0);
export const D1: Int32Array = columns(SI, INV_MIX_COLUMNS, 8);
export const D2: Int32Array = columns(SI, INV_MIX_COLUMNS, 16);
export const D3: Int32Array = columns(SI, INV_MIX_COLUMNS, 24);
// SubBytes, then InvMixColumns: what the round keys of the equivalent inverse cipher need.
export const K0: Int32Array = columns(S, INV_MIX_COLUMNS, 0);
export const K1: Int32Array = columns(S, INV_MIX_COLUMNS, 8);
export const K2: Int32Array = columns(S, INV_MIX_COLUMNS, 16);
export const K3: Int32Array = columns(S, INV_MIX_COLUMNS, 24);
