import { EFUSE_REGISTERS } from '@mkiot/esp32/chips/efuseRegisters';
import { ESP32S3 } from '@mkiot/esp32/chips/esp32s3';
import { SPI_REGISTERS } from '@mkiot/esp32/chips/spiRegisters';
import type { ChipModel } from './chipModel.ts';
import { LATER_LOADER } from './laterLoader.ts';

export const ESP32S3_MODEL: ChipModel = {
  chip: ESP32S3,
  // QFN56, revision v0.2, no flash or PSRAM in the package.
  factory: { WAFER_VERSION_MINOR_LO: 2 },
  strapping: { flash: 0x8, download: 0x0 },
  strappingRegister: 0x60004038,
  uartDividerRegister: 0x60000014,
  fixedWords: { 0x40001000: 0x9 },
  efuseRegisters: EFUSE_REGISTERS.esp32s3,
  spiRegisters: SPI_REGISTERS.esp32s3,
  loader: { ...LATER_LOADER, flashReadPointer: 0x3fcef688 },
};
