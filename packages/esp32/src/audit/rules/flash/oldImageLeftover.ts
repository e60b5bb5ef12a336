import { PARTITION_TYPES } from '../../../partitionTable/partition.ts';
import type { FlashDump, FlashRegion } from '../../flash/flashDump.ts';
import { SECTOR_BYTES } from '../../flash/sectorTexture.ts';
import type { Observation, Rule } from '../../rule.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const oldImageLeftover: Rule = {
  id: 'old-image-leftover',
  title: 'Firmware from before flash encryption is still in clear behind the encrypted one',
  meaning:
    'From ESP-IDF 5.0 on the bootloader encrypts only as much of an app partition as its image takes, and never a slot without a ' +
    'valid image. What a longer image left there before can be read: program, strings, keys.',
  severity: 'high',
  mend: [
    'Erase the flash before the first encrypted firmware is written: "esptool erase-flash".',
    'On devices in the field: let the firmware erase what is behind its image, and the other slot (esp_partition_erase_range), or install an update that is as long as the partition.',
    'Or encrypt app partitions whole: CONFIG_SECURE_FLASH_ENCRYPT_ONLY_IMAGE_LEN_IN_APP_PART=n, before encryption is first enabled.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['flash'],
  check: ({ flash }) => {
    if (flash === undefined) return { notJudged: 'There is no flash dump.' };
    const apps = flash.value.regions.filter(({ partition }) => partition?.type === PARTITION_TYPES.app);
    if (apps.length === 0) {
      return { notJudged: 'The partition table is not readable: give its CSV or the flash encryption key.' };
    }
    // On a device without flash encryption all of this is in clear, and another rule says so.
    const isEncrypting = flash.value.regions.some(isEncryptedProgram);
    return isEncrypting ? apps.flatMap((app) => leftovers(flash.source, flash.value, app)) : [];
  },
};

function isEncryptedProgram({ name, content, partition }: FlashRegion): boolean {
  return (
    (name === 'bootloader' || partition?.type === PARTITION_TYPES.app) &&
    (content === 'encrypted' || content === 'mixed')
  );
}

/** One observation for all that is in clear in an app partition, at the first of it. */
function leftovers(
  source: string,
  { sectors }: FlashDump,
  { name, offset, size }: FlashRegion,
): readonly Observation[] {
  const own = sectors.slice(offset / SECTOR_BYTES, Math.ceil((offset + size) / SECTOR_BYTES));
  const first = own.indexOf('plain');
  if (first === -1) return [];
  const count = own.filter((kind) => kind === 'plain').length;
  const behind = own.includes('encrypted') ? 'behind the encrypted image' : 'in a slot that is not encrypted';
  const text = `${count * (SECTOR_BYTES / 1024)} KiB in clear ${behind}.`;
  return [
    {
      source,
      text,
      partition: name,
      offset: offset + first * SECTOR_BYTES,
      length: count * SECTOR_BYTES,
      isLeftover: true,
    },
  ];
}
