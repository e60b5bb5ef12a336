// nvs_flash_read_security_cfg and nvs_flash_generate_keys of ESP-IDF.
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { nvsCrc } from '@mkiot/esp32/nvs/nvsFormat';
import { deviceKeyPattern, type NvsKeys, parseNvsKeys } from '@mkiot/esp32/nvs/nvsKeys';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import type { BootConsole } from '../../boot/bootConsole.ts';
import { ENCRYPTED_ROW_BYTES, type FlashCache } from '../../boot/flashCache.ts';
import { SECTOR_BYTES } from '../../flash/flashMemory.ts';

const CRC_OFFSET = 64;

/**
 * The keys of NVS encryption, which an app makes at its first start: it writes a constant past flash encryption, and what
 * it reads of it through flash encryption is the key.
 *
 * @param isUsed something is encrypted under the keys: damaged ones are an error, and not made anew
 * @throws `NVS_KEYS_RAW`, `NVS_KEYS_CRC`, `CHIP_POWER_LOST`
 */
export async function openNvsKeys(
  flash: FlashCache,
  { offset }: Partition,
  isUsed: boolean,
  console: BootConsole,
): Promise<NvsKeys> {
  const found = keysIn(flash.read(offset, SECTOR_BYTES), isUsed);
  if (found !== undefined) return found;
  console.log('I', 'nvs', 'NVS key partition empty, generating keys');
  await flash.raw.eraseSector(offset);
  await flash.raw.program(offset, deviceKeyPattern('from-v4.3'));
  const keys = flash.read(offset, CRC_OFFSET);
  const crc = new Uint8Array(ENCRYPTED_ROW_BYTES).fill(0xff);
  new DataView(crc.buffer).setUint32(0, nvsCrc(keys), true);
  await flash.program(offset + CRC_OFFSET, crc);
  return parseNvsKeys(flash.read(offset, SECTOR_BYTES));
}

/** Undefined where none were made, or the power went while they were. */
function keysIn(partition: Uint8Array, isUsed: boolean): NvsKeys | undefined {
  try {
    return parseNvsKeys(partition);
  } catch (error) {
    const isMissing = error instanceof MkiotError && (error.code === 'NVS_KEYS_ERASED' || !isUsed);
    if (isMissing) return undefined;
    throw error;
  }
}
