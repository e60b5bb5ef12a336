import { ESP32 } from '@mkiot/esp32/chips/esp32';
import type { ChipModel } from './chipModel.ts';

const DECODING_STATUS = 0x11c;

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
  efuseRegisters: {
    conf: 0xfc,
    command: 0x104,
    programOffsets: [0x1c, 0x98, 0xb8, 0xd8],
    programWords: 8,
    commandNamesBlock: false,
    errors: [1, 2, 3].map((block) => ({ block, register: DECODING_STATUS, bit: 4 * (block - 1), value: 0xf })),
  },
  spiRegisters: {
    baseAddress: 0x3ff42000,
    address: 0x04,
    user: 0x1c,
    user2: 0x24,
    outputBits: 0x28,
    inputBits: 0x2c,
    data: 0x80,
    addressIsHigh: true,
  },
  loader: {
    hasSecurityInfo: false,
    writesEncrypted: false,
    hasSecureDownload: false,
    downloadDisabledField: 'UART_DOWNLOAD_DIS',
    encryptDisabledField: 'DISABLE_DL_ENCRYPT',
    flashReadPointer: undefined,
  },
};
