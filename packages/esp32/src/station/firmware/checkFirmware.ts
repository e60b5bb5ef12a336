import type { Chip } from '../../chips/chip.ts';
import { recogniseContent } from '../../content/recogniseContent.ts';
import { PARTITION_TABLE_SECTOR, PARTITION_TYPES } from '../../partitionTable/partition.ts';
import type { FirmwarePart } from '../prepareFirmware.ts';
import type { Firmware } from './firmware.ts';
import { firmwareError } from './firmwareErrors.ts';
import { checkOneChip, readFirmwareImage } from './firmwareImage.ts';
import { partitionAt, type PlacedTable, placedTable } from './placedTable.ts';

/**
 * Checks what can be known before there is a chip: that images are whole and for one chip, that each part stays in its place,
 * and that there is an app. Parts without a partition table are a part of a build, of which nothing is known.
 *
 * @param source as the user knows the firmware
 * @returns the firmware, with its chip where its images tell it
 * @throws `FIRMWARE_IMAGE_DAMAGED`, `FIRMWARE_CHIPS_DIFFER`, `FIRMWARE_TOO_LARGE`, `FIRMWARE_NO_APP`
 */
export async function checkFirmware({ chip: told, parts }: Firmware, source: string): Promise<Firmware> {
  const table = placedTable(parts);
  if (table === undefined) return { chip: told, parts };
  const apps = parts.filter(({ offset }) => partitionAt(offset, table.partitions)?.type === PARTITION_TYPES.app);
  if (apps.length === 0) throw firmwareError('FIRMWARE_NO_APP', { source });
  const bootloaders = parts.filter((part) => part.offset < table.offset && isImage(part));
  const images = await Promise.all([...bootloaders, ...apps].map(readFirmwareImage));
  const chip = images[0]?.chip;
  checkOneChip([...(told === undefined ? [] : [{ name: source, chip: { name: told, label: told } }]), ...images]);
  for (const part of parts) checkFits(part, table, chip);
  return { chip: chip?.name, parts };
}

/** @throws `FIRMWARE_TOO_LARGE` */
function checkFits(part: FirmwarePart, table: PlacedTable, chip: Chip | undefined): void {
  const { name: file, offset, bytes } = part;
  const { name: place, end } = placeOf(offset, table, chip);
  if (offset + bytes.length <= end) return;
  throw firmwareError('FIRMWARE_TOO_LARGE', { file, bytes: bytes.length, place, size: end - offset });
}

function placeOf(address: number, table: PlacedTable, chip: Chip | undefined): { name: string; end: number } {
  const partition = partitionAt(address, table.partitions);
  if (partition !== undefined) {
    return { name: `the partition ${partition.name}`, end: partition.offset + partition.size };
  }
  if (address === chip?.bootloaderOffset) return { name: 'the room before the partition table', end: table.offset };
  const end = address === table.offset ? address + PARTITION_TABLE_SECTOR : Infinity;
  return { name: 'the sector of the partition table', end };
}

function isImage({ bytes }: FirmwarePart): boolean {
  return recogniseContent(bytes)?.endsWith('image') === true;
}
