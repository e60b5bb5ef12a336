import type { EfuseErrorBits, EfuseRegisterLayout } from '../registers/efuseRegisters.ts';
import type { SpiRegisterLayout } from '../registers/spiRegisters.ts';
import type { LoaderModel } from './chipModel.ts';

// What the ESP32-S3 and the ESP32-C3 have alike.

const RS_ERR0 = 0x1c0;
const LAST_BLOCK = 10;

/**
 * @param failShift by how many places the bit that says "broken" stands behind the one of its block: 0, or on the ESP32-C3,
 *   by an error of its design, 1
 */
export function laterEfuseRegisters(failShift: 0 | 1): EfuseRegisterLayout {
  return {
    conf: 0x1cc,
    command: 0x1d4,
    programOffsets: [0],
    programWords: 11,
    commandNamesBlock: true,
    errors: Array.from({ length: LAST_BLOCK - failShift }, (_, index) => failBit(index + 1, index + failShift)),
  };
}

/** Eight blocks share a register, each with four bits of which the last says "broken". */
function failBit(block: number, place: number): EfuseErrorBits {
  return { block, register: RS_ERR0 + 4 * (place >> 3), bit: 4 * (place & 7) + 3, value: 1 };
}

export const LATER_SPI_REGISTERS: SpiRegisterLayout = {
  baseAddress: 0x60002000,
  address: 0x04,
  user: 0x18,
  user2: 0x20,
  outputBits: 0x24,
  inputBits: 0x28,
  data: 0x58,
  addressIsHigh: false,
};

export const LATER_LOADER: LoaderModel = {
  hasSecurityInfo: true,
  writesEncrypted: true,
  hasSecureDownload: true,
  downloadDisabledField: 'DIS_DOWNLOAD_MODE',
  encryptDisabledField: 'DIS_DOWNLOAD_MANUAL_ENCRYPT',
  flashReadPointer: undefined,
};
