import { isErased } from '@mkiot/esp32/bytes/isErased';
import { nvsEntryCipher } from '@mkiot/esp32/nvs/nvsCipher';
import type { AppWorld } from '../firmware.ts';
import { partitionNamed } from '../partitionNamed.ts';
import { openNvsKeys } from './nvsKeyPartition.ts';
import { NvsPages } from './nvsPages.ts';
import { NvsPartition } from './nvsPartition.ts';

/**
 * The partition `nvs`, as `nvs_flash_init` opens it: encrypted under the keys of `nvs_keys`. Without flash encryption
 * everybody could read these keys, so nothing is encrypted then, and the console says so.
 *
 * @throws `PARTITION_MISSING`, `NVS_KEYS_CRC`, `NVS_KEYS_RAW`, `CHIP_POWER_LOST`
 */
export async function openNvs(world: AppWorld, namespace: string): Promise<NvsPartition> {
  const { flash, hardware, console } = world;
  const nvs = partitionNamed(world, 'nvs');
  if (!flash.isEncrypted) {
    console.log('W', 'nvs', 'Flash encryption is off: NVS partition "nvs" is not encrypted');
    return new NvsPartition(new NvsPages(flash.raw, nvs, undefined), namespace);
  }
  const isUsed = !isErased(flash.raw.read(nvs.offset, nvs.size));
  const keys = await openNvsKeys(flash, partitionNamed(world, 'nvs_keys'), isUsed, console);
  console.log('I', 'nvs', 'NVS partition "nvs" is encrypted.');
  return new NvsPartition(new NvsPages(flash.raw, nvs, nvsEntryCipher(keys, hardware.aes)), namespace);
}
