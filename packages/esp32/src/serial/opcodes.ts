/** Opcodes of the serial loaders (Espressif, esptool documentation, "Serial Protocol", "Commands"). */
export const OPCODES = {
  flashBegin: 0x02,
  flashData: 0x03,
  memBegin: 0x05,
  memEnd: 0x06,
  memData: 0x07,
  sync: 0x08,
  writeReg: 0x09,
  readReg: 0x0a,
  spiSetParams: 0x0b,
  spiAttach: 0x0d,
  readFlashSlow: 0x0e,
  changeBaudrate: 0x0f,
  flashDeflBegin: 0x10,
  flashDeflData: 0x11,
  spiFlashMd5: 0x13,
  getSecurityInfo: 0x14,
} as const;
