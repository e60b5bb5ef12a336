import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { isMetadataKey } from '@mkiot/core/contract/ids';
import { LIMITS } from '@mkiot/core/contract/limits';
import { registryError } from './registryErrors.ts';

/** Checks IoT Core's limits on a device's metadata. Throws `METADATA_KEY_UNFIT`, `METADATA_TOO_LARGE`. */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(metadata);
  checkSize('the number of pairs', pairs.length, LIMITS.metadataPairs);
  let total = 0;
  for (const [index, [key, value]] of pairs.entries()) {
    if (!isMetadataKey(key)) {
      throw registryError('METADATA_KEY_UNFIT', { number: index + 1, max: LIMITS.metadataKeyBytes });
    }
    const bytes = utf8Encode(value).length;
    checkSize(`the length of the value of "${key}" in bytes`, bytes, LIMITS.metadataValueBytes);
    total += key.length + bytes;
  }
  checkSize('the length of all keys and values in bytes', total, LIMITS.metadataTotalBytes);
}

function checkSize(what: string, found: number, max: number): void {
  if (found > max) throw registryError('METADATA_TOO_LARGE', { what, found, max });
}
