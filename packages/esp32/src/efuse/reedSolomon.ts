import { equalBytes } from '@mkiot/core/bytes/bytes';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { efuseError } from './efuseErrors.ts';

// The Reed-Solomon code of the eFuse blocks from the ESP32-S2 on (technical reference manuals, eFuse Controller,
// "RS coding scheme"): 12 check bytes for 32, over GF(256) modulo x⁸+x⁴+x³+x²+1, first root α⁰.

const BLOCK_BYTES = 32;
const CHECK_BYTES = 12;
const MODULUS = 0x11d;

/** The words EFUSE_PGM_CHECK_VALUE0 to 2 for a block of 32 bytes; shorter blocks are burned with zeros after them. */
export function reedSolomonCheck(block: Uint8Array): Uint8Array<ArrayBuffer> {
  const remainder = new Uint8Array(CHECK_BYTES);
  const generator = generatorPolynomial();
  for (let index = 0; index < BLOCK_BYTES; index++) {
    const factor = (block[index] ?? 0) ^ (remainder[0] as number);
    remainder.copyWithin(0, 1);
    remainder[CHECK_BYTES - 1] = 0;
    for (const [place, coefficient] of generator.entries()) {
      remainder[place] = (remainder[place] as number) ^ multiply(coefficient, factor);
    }
  }
  return remainder;
}

/** Checks 44 bytes as they are burned, a block and its check bytes, and returns the block. @throws `EFUSE_CODING_BROKEN` */
export function checkReedSolomon(burned: Uint8Array): Uint8Array<ArrayBuffer> {
  const block = burned.slice(0, BLOCK_BYTES);
  const isRight = equalBytes(reedSolomonCheck(block), burned.subarray(BLOCK_BYTES));
  if (!isRight) throw efuseError('EFUSE_CODING_BROKEN', { coding: 'Reed-Solomon', offset: toHexOffset(BLOCK_BYTES) });
  return block;
}

/** Coefficients of (x - α⁰)…(x - α¹¹) below x¹², highest first. */
function generatorPolynomial(): Uint8Array {
  let polynomial = [1];
  let root = 1;
  for (let power = 0; power < CHECK_BYTES; power++) {
    const longer = [...polynomial, 0];
    for (const [place, coefficient] of polynomial.entries()) {
      longer[place + 1] = (longer[place + 1] as number) ^ multiply(coefficient, root);
    }
    polynomial = longer;
    root = multiply(root, 2);
  }
  return Uint8Array.from(polynomial.slice(1));
}

function multiply(one: number, other: number): number {
  let product = 0;
  let shifted = one;
  for (let rest = other; rest > 0; rest >>= 1) {
    if (rest & 1) product ^= shifted;
    shifted = shifted & 0x80 ? (shifted << 1) ^ MODULUS : shifted << 1;
  }
  return product;
}
