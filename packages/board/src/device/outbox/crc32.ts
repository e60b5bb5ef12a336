// CRC-32 of IEEE 802.3: polynomial 0x04C11DB7, reflected, starting and ending inverted.

/** Remainders of the 16 half-byte values: a small device has no kilobyte to spare for the table of 256. */
const REMAINDERS: Uint32Array = Uint32Array.from({ length: 16 }, (_, half) => {
  let remainder = half;
  for (let bit = 0; bit < 4; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

/** Checksum of `bytes`, from 0 to 2^32 - 1. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = (crc >>> 4) ^ remainderOf(crc ^ byte);
    crc = (crc >>> 4) ^ remainderOf(crc ^ (byte >>> 4));
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function remainderOf(bits: number): number {
  return REMAINDERS[bits & 15] as number;
}
