import { EFUSE_REGISTERS } from '@mkiot/esp32/chips/efuseRegisters';
import { ESP32C3 } from '@mkiot/esp32/chips/esp32c3';
import { SPI_REGISTERS } from '@mkiot/esp32/chips/spiRegisters';
import type { ChipModel } from './chipModel.ts';
import { LATER_LOADER } from './laterLoader.ts';

export const ESP32C3_MODEL: ChipModel = {
  chip: ESP32C3,
  // QFN32, revision v0.4, no flash in the package.
  factory: { WAFER_VERSION_MINOR_LO: 4 },
  strapping: { flash: 0x8, download: 0x0 },
  strappingRegister: 0x60004038,
  uartDividerRegister: 0x60000014,
  fixedWords: { 0x40001000: 0x1b31506f },
  efuseRegisters: EFUSE_REGISTERS.esp32c3,
  spiRegisters: SPI_REGISTERS.esp32c3,
  loader: LATER_LOADER,
};
