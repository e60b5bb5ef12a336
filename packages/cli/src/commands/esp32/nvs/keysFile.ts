import { HMAC_KEY_BYTES, hmacNvsKeys, type NvsKeys, parseNvsKeys } from '@mkiot/esp32/nvs/nvsKeys';
import { readNamedFile } from '../../../namedFile.ts';

export const KEYS_HELP = 'partition of NVS keys, 4096 bytes; or the 32 bytes of the HMAC key in the eFuses';

/** The keys in a file of `--keys`. @throws an error that says what the file is instead */
export async function readKeysFile(path: string): Promise<NvsKeys> {
  const bytes = await readNamedFile(path);
  return bytes.length === HMAC_KEY_BYTES ? hmacNvsKeys(bytes) : parseNvsKeys(bytes);
}
