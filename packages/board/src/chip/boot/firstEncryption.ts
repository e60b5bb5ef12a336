// esp_flash_encrypt_check_and_update of ESP-IDF: a bootloader with flash encryption makes a key, encrypts flash in place,
// sector by sector, and only then burns the counter. What a power cut in between leaves is what is left on a real chip.
import {
  type Partition,
  PARTITION_SUBTYPES,
  PARTITION_TABLE_BYTES,
  PARTITION_TYPES,
} from '@mkiot/esp32/partitionTable/partition';
import { SECTOR_BYTES } from '../flash/flashMemory.ts';
import { EfuseBatch, efuseBits, efuseNumber, efuseOnes, isFieldLocked } from './efuseFields.ts';
import { FlashCache } from './flashCache.ts';
import { isFlashEncryptionOn } from './flashKey.ts';
import { burn, prepareFlashKey } from './flashKeyMaking.ts';
import { readImageInFlash } from './readImageInFlash.ts';
import { addFieldLock } from './keyBlocks.ts';
import { readPartitions } from './partitionList.ts';
import type { Stage } from './stage.ts';

const TAG = 'flash_encrypt';
/** esp_err_t of ESP-IDF, as the log shows them. */
const ESP_FAIL = -1;
const ESP_ERR_INVALID_STATE = 0x103;
const ESP_ERR_NOT_FOUND = 0x105;

/**
 * Encrypts flash where it is not yet.
 *
 * @returns undefined: flash encryption is on, from now on or from the next reset on; else the error that the log shows
 * @throws `CHIP_POWER_LOST`
 */
export async function encryptFlashOnce(stage: Stage): Promise<number | undefined> {
  const { console, chip, hardware } = stage;
  const dump = hardware.efuse.readable();
  const counter = chip.flashEncryption.counterField;
  const ones = efuseOnes(dump, counter);
  const isLocked = isFieldLocked(dump, counter);
  if (isFlashEncryptionOn(dump)) {
    const left = isLocked ? 0 : Math.floor((efuseBits(dump, counter) - ones) / 2);
    console.log('I', TAG, `flash encryption is enabled (${left} plaintext flashes left)`);
    return undefined;
  }
  if (isLocked || ones === efuseBits(dump, counter)) {
    console.log('E', TAG, `Cannot re-encrypt data CRYPT_CNT ${ones} write disabled ${isLocked ? 1 : 0}`);
    return ESP_FAIL;
  }
  if (ones === 0 && !prepareFlashKey(stage)) return ESP_ERR_INVALID_STATE;
  // The key may be new: a cache that was opened before does not know it.
  const cache = await FlashCache.open(hardware.flash, hardware.efuse, hardware.aes);
  return encryptContents({ ...stage, cache });
}

async function encryptContents(stage: Stage): Promise<number | undefined> {
  const failed = (await encryptBootloader(stage)) ?? (await encryptPartitions(stage));
  if (failed !== undefined) return failed;
  countEncryption(stage);
  stage.console.log('I', TAG, 'Flash encryption completed');
  return undefined;
}

/** From the next reset on flash is read through the cipher. */
function countEncryption(stage: Stage): void {
  const { console, chip, dialect, options, hardware } = stage;
  const counter = chip.flashEncryption.counterField;
  const dump = hardware.efuse.readable();
  const next = withNextBit(efuseNumber(dump, counter));
  const batch = new EfuseBatch(hardware.efuse);
  if (options.flashEncryption === 'release') console.log('I', TAG, dialect.permanent);
  if (options.flashEncryption === 'release' && !dialect.locksCounter)
    batch.set(counter, 2 ** efuseBits(dump, counter) - 1);
  else batch.set(counter, next);
  if (options.flashEncryption === 'release' && dialect.locksCounter) addFieldLock(batch, chip, counter);
  burn(stage, batch);
}

async function encryptBootloader(stage: Stage): Promise<number | undefined> {
  const { console, chip, dialect, options } = stage;
  const { bootloaderOffset } = chip;
  const room = { offset: bootloaderOffset, size: options.partitionTableOffset - bootloaderOffset };
  const image = await readImageInFlash(stage, room, 'verify');
  if (image === undefined) {
    console.log('W', TAG, 'no valid bootloader was found');
    return dialect.burnsInBatches ? ESP_ERR_NOT_FOUND : undefined;
  }
  const signatureBytes = options.secureBoot === 'v2' ? SECTOR_BYTES : 0;
  const imageBytes = Math.ceil(image.length / SECTOR_BYTES) * SECTOR_BYTES;
  await encryptRegion(stage, bootloaderOffset, imageBytes + signatureBytes);
  // IV and digest of secure boot v1.
  if (options.secureBoot === 'v1') await encryptRegion(stage, 0, SECTOR_BYTES);
  if (dialect.tellsOfEncrypted) console.log('I', TAG, 'bootloader encrypted successfully');
  return undefined;
}

async function encryptPartitions(stage: Stage): Promise<number | undefined> {
  const { console, cache, dialect, options } = stage;
  const partitions = readPartitions(stage, cache.raw.read(options.partitionTableOffset, PARTITION_TABLE_BYTES));
  if (partitions === undefined) {
    console.log('E', TAG, 'Failed to read partition table data - not plaintext?');
    return ESP_ERR_INVALID_STATE;
  }
  await encryptRegion(stage, options.partitionTableOffset, SECTOR_BYTES);
  if (dialect.tellsOfEncrypted) console.log('I', TAG, 'partition table encrypted and loaded successfully');
  for (const [index, partition] of partitions.entries()) {
    if (!(await isToEncrypt(stage, partition))) continue;
    const { offset, size } = partition;
    const place = `offset 0x${offset.toString(16)} (length 0x${size.toString(16)})`;
    console.log('I', TAG, `Encrypting partition ${index} at ${place}...`);
    await encryptRegion(stage, offset, size);
    if (dialect.tellsOfEncrypted) console.log('I', TAG, 'Done encrypting');
  }
  return undefined;
}

/** Apps that can be started, OTA data and NVS keys, and what has the flag. */
async function isToEncrypt(stage: Stage, partition: Partition): Promise<boolean> {
  const { type, subtype, encrypted } = partition;
  if (type === PARTITION_TYPES.app) return (await readImageInFlash(stage, partition, 'verify')) !== undefined;
  const { ota, nvs_keys } = PARTITION_SUBTYPES[PARTITION_TYPES.data] ?? {};
  return encrypted || (type === PARTITION_TYPES.data && (subtype === ota || subtype === nvs_keys));
}

async function encryptRegion({ cache }: Stage, offset: number, length: number): Promise<void> {
  for (let at = 0; at < length; at += SECTOR_BYTES) await cache.encryptSector(offset + at);
}

/** `bits` and the lowest one that was not set. */
function withNextBit(bits: number): number {
  return bits | (bits + 1);
}
