import { concatBytes, equalBytes } from '@mkiot/core/bytes/bytes';
import { isErased } from '../bytes/isErased.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import type { FlashCipher } from '../flashEncryption/flashCipher.ts';
import { nvsError } from './nvsErrors.ts';
import { nvsCrc } from './nvsFormat.ts';
import { dataView } from './nvsItemValue.ts';

/** The two halves of an XTS-AES-256 key, 32 bytes each. They are secrets. */
export interface NvsKeys {
  readonly dataKey: Uint8Array;
  readonly tweakKey: Uint8Array;
}

const KEY_BYTES = 32;
export const NVS_KEY_PAIR_BYTES: number = 2 * KEY_BYTES;
const CRC_OFFSET = NVS_KEY_PAIR_BYTES;
const SECTOR_BYTES = 4096;
export const HMAC_KEY_BYTES = 32;

/** What a device writes raw, and reads through flash encryption to get its keys (nvs_flash_generate_keys of ESP-IDF). */
const DEVICE_PATTERNS = {
  'before-v4.3': [0xff, 0xff, 0xee, 0xee],
  'from-v4.3': [0xff, 0x99, 0xee, 0x88],
} as const;

/**
 * Reads a partition of type `nvs_keys`: 64 bytes of keys and their CRC. What follows is not looked at: on a chip with flash
 * encryption it is noise.
 *
 * @throws `NVS_KEYS_LENGTH`, `NVS_KEYS_ERASED`, `NVS_KEYS_RAW`, `NVS_KEYS_CRC`
 */
export function parseNvsKeys(partition: Uint8Array): NvsKeys {
  const { length } = partition;
  if (length === 0 || length % SECTOR_BYTES !== 0) throw nvsError('NVS_KEYS_LENGTH', { bytes: length });
  if (isErased(partition.subarray(0, CRC_OFFSET + 4))) throw nvsError('NVS_KEYS_ERASED');
  const keys = partition.subarray(0, CRC_OFFSET);
  if (dataView(partition).getUint32(CRC_OFFSET, true) === nvsCrc(keys)) return nvsKeysOf(keys);
  const isRaw = Object.values(DEVICE_PATTERNS).some((pattern) => equalBytes(keys, patternBytes(pattern)));
  throw nvsError(isRaw ? 'NVS_KEYS_RAW' : 'NVS_KEYS_CRC', { offset: toHexOffset(CRC_OFFSET) });
}

/** The 4096 bytes of a partition with these keys, as nvs_partition_gen writes them. */
export function buildNvsKeys({ dataKey, tweakKey }: NvsKeys): Uint8Array<ArrayBuffer> {
  const keys = concatBytes(dataKey, tweakKey);
  const partition = new Uint8Array(SECTOR_BYTES).fill(0xff);
  partition.set(keys);
  dataView(partition).setUint32(CRC_OFFSET, nvsCrc(keys), true);
  return partition;
}

/**
 * The keys that a chip derives from an eFuse key of purpose HMAC_UP (ESP-IDF, "NVS Encryption: HMAC Peripheral-Based Scheme").
 *
 * @throws `NVS_HMAC_KEY_LENGTH`
 */
export async function hmacNvsKeys(hmacKey: Uint8Array<ArrayBuffer>): Promise<NvsKeys> {
  if (hmacKey.length !== HMAC_KEY_BYTES) throw nvsError('NVS_HMAC_KEY_LENGTH', { bytes: hmacKey.length });
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', hmacKey, algorithm, false, ['sign']);
  const derive = async (seed: readonly number[]): Promise<Uint8Array> => {
    const message = Uint8Array.from({ length: 32 }, (_, index) => seed[index % seed.length] as number);
    return new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
  };
  return { dataKey: await derive([0x5a, 0x5a, 0xbe, 0xae]), tweakKey: await derive([0xa5, 0xa5, 0xde, 0xce]) };
}

/**
 * The keys that a device with flash encryption has made by itself: who has its flash key has them too.
 *
 * @param address of the partition in flash
 */
export function deviceNvsKeys(cipher: FlashCipher, address: number, espIdf: keyof typeof DEVICE_PATTERNS): NvsKeys {
  const keys = deviceKeyPattern(espIdf);
  cipher.decrypt(address, keys);
  return nvsKeysOf(keys);
}

/** The 64 bytes that a device writes past flash encryption: what it reads of them through it are its keys. */
export function deviceKeyPattern(espIdf: keyof typeof DEVICE_PATTERNS): Uint8Array {
  return patternBytes(DEVICE_PATTERNS[espIdf]);
}

/**
 * The keys of every device whose firmware wrote that pattern through flash encryption instead of raw (betas of ESP-IDF v4.3), or
 * without flash encryption: they are public.
 */
export function universalNvsKeys(espIdf: keyof typeof DEVICE_PATTERNS): NvsKeys {
  return nvsKeysOf(patternBytes(DEVICE_PATTERNS[espIdf]));
}

/** Each byte 16 times. */
function patternBytes(pattern: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: CRC_OFFSET }, (_, at) => pattern[at >> 4] as number);
}

/** The two halves of a pair, data key first. */
export function nvsKeysOf(keys: Uint8Array): NvsKeys {
  return { dataKey: keys.slice(0, KEY_BYTES), tweakKey: keys.slice(KEY_BYTES) };
}
