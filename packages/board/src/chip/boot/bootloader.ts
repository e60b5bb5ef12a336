// The second stage: bootloader_start and bootloader_utility_load_boot_image of ESP-IDF.
import { FLASH_SIZES, IMAGE_HEADER_BYTES, SPI_MODES } from '@mkiot/esp32/image/imageHeader';
import { APP_DESCRIPTION_BYTES, parseAppDescription } from '@mkiot/esp32/image/appDescription';
import { OTA_STATES } from '@mkiot/esp32/otadata/otadata';
import { type Image, SEGMENT_HEADER_BYTES } from '@mkiot/esp32/image/image';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import { raiseSecureVersion, secureVersionOf } from './antiRollback.ts';
import { type BootChoice, chooseBoot } from './bootChoice.ts';
import { encryptFlashOnce } from './firstEncryption.ts';
import { isFlashEncryptionOn } from './flashKey.ts';
import type { ImageInFlash } from './imageInFlash.ts';
import { readImageInFlash } from './readImageInFlash.ts';
import { BootSlots } from './bootSlots.ts';
import { readOtadata, writeOtadata } from './otadataInFlash.ts';
import { listPartitions } from './partitionList.ts';
import { enableSecureBoot } from './secureBootEnabling.ts';
import type { Stage } from './stage.ts';

const TAG = 'boot';

/** An app that may start. */
export interface BootedApp {
  readonly image: ImageInFlash;
  readonly partition: Partition;
  readonly partitions: readonly Partition[];
}

/**
 * Runs the bootloader: it lists the partitions, chooses an app, checks it, and turns on the protections it was built with.
 *
 * @returns undefined: it ends with a reset by software
 * @throws `CHIP_POWER_LOST`
 */
export async function runBootloader(stage: Stage, { header }: Image): Promise<BootedApp | undefined> {
  printFacts(stage, header);
  const { console } = stage;
  const partitions = listPartitions(stage);
  if (partitions === undefined) {
    console.log('E', TAG, 'load partition table error!');
    return undefined;
  }
  const slots = new BootSlots(partitions);
  const otadata = slots.otadata === undefined ? undefined : readOtadata(stage.cache, slots.otadata);
  const choice = chooseBoot({
    otadata,
    slots: slots.ota.length,
    hasFactory: slots.factory !== undefined,
    rollback: stage.options.rollback,
    antiRollback: stage.options.antiRollback
      ? {
          secureVersion: secureVersionOf(stage),
          isNewEnough: (slot) => isNewEnough(stage, slots.ota[slot]),
        }
      : undefined,
  });
  for (const { level, text } of choice.lines) console.log(level, TAG, text);
  for (const { sector, entry } of slots.otadata === undefined ? [] : choice.changes) {
    await writeOtadata(stage.cache, slots.otadata as Partition, sector, entry);
  }
  if (choice.confirmedSlot !== undefined) confirmVersion(stage, slots.ota[choice.confirmedSlot]);
  return startFirst(stage, slots, choice);
}

function printFacts({ console, chip, options, dialect, revision }: Stage, header: Image['header']): void {
  const chipTag = `${TAG}.${chip.name}`;
  const frequency = chip.flashFrequencies[header.spiSpeed] ?? '40m';
  console.log('I', TAG, `ESP-IDF ${options.idfVersion} 2nd stage bootloader`);
  console.log('I', TAG, `compile time ${options.compileTime}`);
  if (dialect.isMulticoreTold)
    console.log('I', TAG, chip.name === 'esp32c3' ? 'Unicore bootloader' : 'Multicore bootloader');
  console.log('I', TAG, dialect.revision(revision));
  const least = dialect.leastRevision?.('bootloader', revision, header.minRevision);
  if (least !== undefined) console.log('I', 'boot_comm', least);
  console.log('I', chipTag, `${speedName(chip.name)}: ${frequency.replace('m', 'MHz')}`);
  console.log('I', chipTag, `SPI Mode       : ${SPI_MODES[header.spiMode] ?? 'SLOW READ'}`);
  console.log('I', chipTag, `SPI Flash Size : ${FLASH_SIZES[header.flashSize] ?? '2MB'}`);
  console.log('I', TAG, 'Enabling RNG early entropy source...');
}

function speedName(chip: string): string {
  return chip === 'esp32s3' ? 'Boot SPI Speed ' : 'SPI Speed      ';
}

async function startFirst(stage: Stage, slots: BootSlots, choice: BootChoice): Promise<BootedApp | undefined> {
  const { console } = stage;
  for (const [slot, partition] of slots.from(choice.start)) {
    const image = isNewEnough(stage, partition) ? await readImageInFlash(stage, partition, 'load') : undefined;
    if (image !== undefined) {
      console.log('I', TAG, `Loaded app from partition at offset 0x${partition.offset.toString(16)}`);
      if (choice.entersSlot && slot >= 0) await enterSlot(stage, slots, slot);
      const started = await protectAndStart(stage, image);
      if (started === 'started') return { image, partition, partitions: slots.all };
      if (started === 'reset') return undefined;
    }
    const name = slot === -1 ? 'Factory app partition' : `OTA app partition slot ${slot}`;
    console.log('E', TAG, `${name} is not bootable`);
  }
  if (slots.test !== undefined) {
    const image = await readImageInFlash(stage, slots.test, 'load');
    if (image !== undefined) {
      console.log('W', TAG, 'Falling back to test app as only bootable partition');
      if ((await protectAndStart(stage, image)) === 'started') {
        return { image, partition: slots.test, partitions: slots.all };
      }
      return undefined;
    }
  }
  console.log('E', TAG, 'No bootable app partitions in the partition table');
  return undefined;
}

/** Where no OTA data were, the slot that boots is entered as valid. */
async function enterSlot(stage: Stage, slots: BootSlots, slot: number): Promise<void> {
  if (slots.otadata === undefined) return;
  const entry = { sequence: slot + 1, label: new Uint8Array(20).fill(0xff), state: OTA_STATES.VALID };
  await writeOtadata(stage.cache, slots.otadata, 0, entry);
  stage.console.log('I', TAG, `Set actual ota_seq=${slot + 1} in otadata[0]`);
  confirmVersion(stage, slots.ota[slot]);
}

/** What the bootloader burns and encrypts before it lets an app start. */
async function protectAndStart(stage: Stage, image: ImageInFlash): Promise<'started' | 'reset' | 'failed'> {
  const { console, options, hardware } = stage;
  if (options.secureBoot === 'v2' && !(await enableSecureBoot(stage, image))) {
    console.log('E', TAG, 'Secure Boot v2 failed (-1)');
    return 'failed';
  }
  if (options.flashEncryption !== 'none') {
    const wasOn = isFlashEncryptionOn(hardware.efuse.readable());
    console.log('I', TAG, 'Checking flash encryption...');
    const failed = await encryptFlashOnce(stage);
    if (failed !== undefined) {
      console.log('E', TAG, `Flash encryption check failed (${failed}).`);
      return 'failed';
    }
    if (!wasOn) {
      console.log('I', TAG, 'Resetting with flash encryption enabled...');
      return 'reset';
    }
  }
  console.log('I', TAG, 'Disabling RNG early entropy source...');
  return 'started';
}

/** The app's secure version, where one can be read. */
function appSecureVersion({ cache }: Stage, { offset }: Partition): number | undefined {
  const at = IMAGE_HEADER_BYTES + SEGMENT_HEADER_BYTES;
  return parseAppDescription(cache.read(offset + at, APP_DESCRIPTION_BYTES), at)?.secureVersion;
}

function isNewEnough(stage: Stage, partition: Partition | undefined): boolean {
  if (!stage.options.antiRollback || partition === undefined) return true;
  const version = appSecureVersion(stage, partition);
  return version !== undefined && version >= secureVersionOf(stage);
}

function confirmVersion(stage: Stage, partition: Partition | undefined): void {
  if (!stage.options.antiRollback || partition === undefined) return;
  raiseSecureVersion(stage, appSecureVersion(stage, partition) ?? 0);
}
