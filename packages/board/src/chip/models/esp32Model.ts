import { EFUSE_REGISTERS } from '@mkiot/esp32/chips/efuseRegisters';
import { ESP32 } from '@mkiot/esp32/chips/esp32';
import { SPI_REGISTERS } from '@mkiot/esp32/chips/spiRegisters';
import type { ChipModel } from './chipModel.ts';

export const ESP32_MODEL: ChipModel = {
  chip: ESP32,
  // ESP32-D0WD-V3, revision v3.1.
  factory: { CHIP_PACKAGE: 1, CHIP_VER_REV1: 1, CHIP_VER_REV2: 1, WAFER_VERSION_MINOR: 1 },
  strapping: { flash: 0x13, download: 0x03 },
  strappingRegister: 0x3ff44038,
  uartDividerRegister: 0x3ff40014,
  fixedWords: {
    // In ROM: the word by which tools tell chips apart.
    0x40001000: 0x00f01d83,
    // APB_CTRL_DATE: bit 31 tells revision 3 from revision 2.
    0x3ff6607c: 0x96042000,
  },
  efuseRegisters: EFUSE_REGISTERS.esp32,
  spiRegisters: SPI_REGISTERS.esp32,
  loader: {
    hasSecurityInfo: false,
    writesEncrypted: false,
    hasSecureDownload: false,
    downloadDisabledField: 'UART_DOWNLOAD_DIS',
    encryptDisabledField: 'DISABLE_DL_ENCRYPT',
    flashReadPointer: undefined,
  },
};
