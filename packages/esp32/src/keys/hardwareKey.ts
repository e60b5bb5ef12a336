import { concatBytes } from '@mkiot/core/bytes/bytes';

/**
 * A key of the original ESP32's eFuses as its hardware uses it, 32 bytes; undefined for a key of another length. Under the 3/4
 * coding scheme a block has room for 24 bytes, and the hardware reads the second 8 of them again at the end.
 */
export function wholeHardwareKey(key: Uint8Array): Uint8Array | undefined {
  if (key.length === 32) return key;
  return key.length === 24 ? concatBytes(key, key.subarray(8, 16)) : undefined;
}
