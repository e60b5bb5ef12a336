import type { Chip, ChipName } from './chip.ts';
import { ESP32 } from './esp32.ts';
import { ESP32C2 } from './esp32c2.ts';
import { ESP32C3 } from './esp32c3.ts';
import { ESP32C5 } from './esp32c5.ts';
import { ESP32C6 } from './esp32c6.ts';
import { ESP32H2 } from './esp32h2.ts';
import { ESP32P4 } from './esp32p4.ts';
import { ESP32S2 } from './esp32s2.ts';
import { ESP32S3 } from './esp32s3.ts';

export const CHIPS: Readonly<Record<ChipName, Chip>> = {
  esp32: ESP32,
  esp32s2: ESP32S2,
  esp32s3: ESP32S3,
  esp32c2: ESP32C2,
  esp32c3: ESP32C3,
  esp32c5: ESP32C5,
  esp32c6: ESP32C6,
  esp32h2: ESP32H2,
  esp32p4: ESP32P4,
};
