/** CRC-8 of a MAC address in printed order, as in MAC_CRC of the ESP32: reflected polynomial 0x8c, start 0. */
export function factoryMacCrc(mac: Uint8Array): number {
  let crc = 0;
  for (const byte of mac) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8c : crc >>> 1;
  }
  return crc;
}
