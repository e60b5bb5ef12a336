// The CRC-32 of zlib, PNG and IEEE 802.3: reflected polynomial 0xEDB88320, start and result inverted.

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/**
 * CRC-32 of `bytes`, unsigned.
 *
 * @param start the CRC of what went before; Espressif's ROM function starts OTA data and NVS with `0xffffffff` here
 */
export function crc32(bytes: Uint8Array, start = 0): number {
  let crc = ~start;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}
