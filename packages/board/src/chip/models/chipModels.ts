import type { ChipModel } from './chipModel.ts';
import { ESP32C3_MODEL } from './esp32c3Model.ts';
import { ESP32_MODEL } from './esp32Model.ts';
import { ESP32S3_MODEL } from './esp32s3Model.ts';

/** The chips that there are as virtual ones. */
export type VirtualChipName = 'esp32' | 'esp32s3' | 'esp32c3';

export const CHIP_MODELS: Readonly<Record<VirtualChipName, ChipModel>> = {
  esp32: ESP32_MODEL,
  esp32s3: ESP32S3_MODEL,
  esp32c3: ESP32C3_MODEL,
};
