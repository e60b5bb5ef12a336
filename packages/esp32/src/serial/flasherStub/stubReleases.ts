import type { ChipName } from '../../chips/chip.ts';
import { ESP32_STUB } from './esp32Stub.ts';
import { ESP32C3_STUB } from './esp32c3Stub.ts';
import { ESP32S3_STUB } from './esp32s3Stub.ts';
import type { StubRelease } from './stubImage.ts';

/** Espressif's flasher stubs for the chips that the station works with. */
export const STUB_RELEASES: Readonly<Partial<Record<ChipName, StubRelease>>> = {
  esp32: ESP32_STUB,
  esp32s3: ESP32S3_STUB,
  esp32c3: ESP32C3_STUB,
};
