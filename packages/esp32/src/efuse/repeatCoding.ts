import { concatBytes, equalBytes } from '@mkiot/core/bytes/bytes';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { efuseError } from './efuseErrors.ts';

// Coding scheme 2 of the ESP32: a block holds 16 bytes twice. ESP-IDF, components/efuse/esp32/esp_efuse_utility.c.

/** What is burned for the 16 bytes of `data`. */
export function encodeRepeat(data: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatBytes(data, data);
}

/** The data in a whole block. @throws `EFUSE_CODING_BROKEN` with the offset where the halves differ */
export function decodeRepeat(coded: Uint8Array): Uint8Array<ArrayBuffer> {
  const half = coded.length >> 1;
  const data = coded.slice(0, half);
  if (equalBytes(data, coded.subarray(half))) return data;
  const differs = half + data.findIndex((byte, index) => byte !== coded[half + index]);
  throw efuseError('EFUSE_CODING_BROKEN', { coding: 'repeat', offset: toHexOffset(differs) });
}
