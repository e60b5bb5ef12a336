import { toHexOffset } from '../bytes/hexOffset.ts';
import { efuseError } from './efuseErrors.ts';

// Coding scheme 1 of the ESP32 (technical reference manual, eFuse Controller, "3/4 coding scheme"): of every 8 bytes that
// are burned 6 are data, the seventh is their exclusive or, the eighth weighs their ones.

const DATA = 6;
const CODED = 8;

/** What is burned for `data`, whose length is a multiple of 6: 24 bytes of a block become 32. */
export function encodeThreeQuarters(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const coded = new Uint8Array((data.length / DATA) * CODED);
  for (let at = 0; at < data.length; at += DATA) {
    const chunk = data.subarray(at, at + DATA);
    coded.set([...chunk, ...checkBytes(chunk)], (at / DATA) * CODED);
  }
  return coded;
}

/** The data in `coded`, whose length is a multiple of 8. @throws `EFUSE_CODING_BROKEN` with the offset of the chunk */
export function decodeThreeQuarters(coded: Uint8Array): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array((coded.length / CODED) * DATA);
  for (let at = 0; at < coded.length; at += CODED) {
    const chunk = coded.subarray(at, at + DATA);
    const [parity, weight] = checkBytes(chunk);
    const isRight = coded[at + 6] === parity && coded[at + 7] === weight;
    if (!isRight) throw efuseError('EFUSE_CODING_BROKEN', { coding: '3/4', offset: toHexOffset(at) });
    data.set(chunk, (at / CODED) * DATA);
  }
  return data;
}

function checkBytes(chunk: Uint8Array): readonly [parity: number, weight: number] {
  let parity = 0;
  let weight = 0;
  for (const [index, byte] of chunk.entries()) {
    parity ^= byte;
    weight += (index + 1) * countOnes(byte);
  }
  return [parity, weight & 0xff];
}

function countOnes(byte: number): number {
  let ones = 0;
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1;
  return ones;
}
