// Numbers of keys and signatures. Formats give them as bytes, big-endian (DER, JSON Web Key) or little-endian (the chips).

/** The unsigned number that big-endian `bytes` are. */
export function fromBigEndian(bytes: Uint8Array): bigint {
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  return number;
}

/** The unsigned number that little-endian `bytes` are. */
export function fromLittleEndian(bytes: Uint8Array): bigint {
  return fromBigEndian(bytes.toReversed());
}

/** `number` in `length` big-endian bytes; it has to fit. */
export function toBigEndian(number: bigint, length: number): Uint8Array<ArrayBuffer> {
  return toLittleEndian(number, length).reverse();
}

/** `number` in `length` little-endian bytes; it has to fit. */
export function toLittleEndian(number: bigint, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0, rest = number; at < length; at++, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

/** The bits of `number` without leading zeros. */
export function bitLength(number: bigint): number {
  return number === 0n ? 0 : number.toString(2).length;
}

/** The number in 0 … `modulus` − 1 that is congruent to `number`. */
export function modulo(number: bigint, modulus: bigint): bigint {
  const rest = number % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** The inverse of `number` modulo `modulus`, by Euclid's algorithm; the two have no common divisor. */
export function inverse(number: bigint, modulus: bigint): bigint {
  let [a, b] = [modulo(number, modulus), modulus];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return modulo(x, modulus);
}
