import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { esp32FlashCipher } from '@mkiot/esp32/flashEncryption/esp32FlashCipher';
import { buildNvs } from '@mkiot/esp32/nvs/buildNvs';
import { buildOtadata, OTA_STATES } from '@mkiot/esp32/otadata/otadata';
import { buildPartitionTable } from '@mkiot/esp32/partitionTable/buildPartitionTable';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import { FLASH_CRYPT_CONFIG } from './efuses.ts';

const FLASH_BYTES = 0x400000;
const BOOTLOADER_OFFSET = 0x1000;
const TABLE_OFFSET = 0x8000;
const SECTOR_BYTES = 0x1000;
/** EEPROM.begin(512), and a key every 128 bytes. */
const EEPROM_BYTES = 512;
const KEY_SLOT_BYTES = 128;

export interface FlashContents {
  readonly partitions: readonly Partition[];
  readonly bootloader: Uint8Array;
  readonly sketch: Uint8Array;
  /** What the sketch has written with the EEPROM library: keys, as text. */
  readonly keys: readonly string[];
}

/**
 * The flash after provisioning, before it is encrypted. The keys are there twice, as on a device that has seen both versions of the
 * EEPROM library: the old one has a partition, the new one a value in NVS.
 */
export function buildFlash({ partitions, bootloader, sketch, keys }: FlashContents): Uint8Array<ArrayBuffer> {
  const flash = new Uint8Array(FLASH_BYTES).fill(0xff);
  const { nvs, otadata, app0, eeprom } = placesOf(partitions);
  const entry = { sequence: 1, label: new Uint8Array(20).fill(0xff), state: OTA_STATES.UNDEFINED };
  const stored = eepromOf(keys);
  flash.set(bootloader, BOOTLOADER_OFFSET);
  flash.set(buildPartitionTable(partitions, true), TABLE_OFFSET);
  flash.set(buildNvs([{ namespace: 'eeprom' }, { key: 'eeprom', type: 'blob', value: stored }], nvs.size), nvs.offset);
  flash.set(buildOtadata([entry, 'erased']), otadata.offset);
  flash.set(sketch, app0.offset);
  flash.set(stored, eeprom.offset);
  return flash;
}

/**
 * The same flash after the first boot with encryption: bootloader, partition table, OTA data and the slot with an image are
 * ciphertext (figure 6), and nothing else is (figures 7 and 8). ESP-IDF 3.x encrypts an app partition whole.
 */
export function encryptFlash(
  flash: Uint8Array<ArrayBuffer>,
  { partitions, bootloader }: FlashContents,
  key: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const encrypted = flash.slice();
  const cipher = esp32FlashCipher(key, FLASH_CRYPT_CONFIG);
  const { otadata, app0 } = placesOf(partitions);
  const bootloaderBytes = Math.ceil(bootloader.length / SECTOR_BYTES) * SECTOR_BYTES;
  for (const { offset, size } of [
    { offset: BOOTLOADER_OFFSET, size: bootloaderBytes },
    { offset: TABLE_OFFSET, size: SECTOR_BYTES },
    otadata,
    app0,
  ]) {
    cipher.encrypt(offset, encrypted.subarray(offset, offset + size));
  }
  return encrypted;
}

function eepromOf(keys: readonly string[]): Uint8Array {
  const eeprom = new Uint8Array(EEPROM_BYTES);
  for (const [index, key] of keys.entries()) eeprom.set(utf8Encode(key), index * KEY_SLOT_BYTES);
  return eeprom;
}

function placesOf(partitions: readonly Partition[]): Record<'nvs' | 'otadata' | 'app0' | 'eeprom', Partition> {
  const place = (wanted: string): Partition => {
    const found = partitions.find(({ name }) => name === wanted);
    if (found === undefined) throw new Error(`partitions.csv has no "${wanted}"`);
    return found;
  };
  return { nvs: place('nvs'), otadata: place('otadata'), app0: place('app0'), eeprom: place('eeprom') };
}
