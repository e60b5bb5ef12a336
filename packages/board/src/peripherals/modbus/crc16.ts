/** The CRC of Modbus RTU (Modbus over Serial Line V1.02, 6.2.2): polynomial 0xa001 reflected, from 0xffff. */
export function modbusCrc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xa001;
  }
  return crc;
}
