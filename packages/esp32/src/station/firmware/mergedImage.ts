import { toHexOffset } from '../../bytes/hexOffset.ts';
import { CHIPS } from '../../chips/chips.ts';
import type { Chip } from '../../chips/chip.ts';
import { recogniseContent } from '../../content/recogniseContent.ts';
import { parsePartitionTable } from '../../partitionTable/parsePartitionTable.ts';
import { isDataPartition, PARTITION_TABLE_SECTOR, type Partition } from '../../partitionTable/partition.ts';
import { IMAGE_MAGIC } from '../../image/image.ts';
import type { FirmwarePart } from '../prepareFirmware.ts';
import type { Firmware, NamedBytes } from './firmware.ts';
import { firmwareError } from './firmwareErrors.ts';
import { readFirmwareImage } from './firmwareImage.ts';

const SECTOR = 0x1000;
/** Bootloaders and their signatures are smaller; ESP-IDF's tables lie at 0x8000 or a little above. */
const TABLE_SEARCH_END = 0x40000;
/** Images and what is encrypted come in rows of so many bytes: where one ends in 0xff, that is kept. */
const ROW_BYTES = 16;

/** The bytes of one place of the merged image. */
interface Piece {
  readonly name: string;
  readonly offset: number;
  readonly end: number;
  /** What is erased behind its content is written too. */
  readonly isWhole: boolean;
  /** It is written also where nothing is in it. */
  readonly isAlways?: boolean;
}

/**
 * Takes an image of the whole flash from offset 0, as `esptool merge-bin` makes it, apart by its own partition table. What is
 * erased in it is not written, but for otadata, which may hold the choice of an earlier firmware.
 *
 * @throws `FIRMWARE_MERGED_NO_BOOTLOADER`, `FIRMWARE_MERGED_NO_TABLE`, `FIRMWARE_MERGED_OUTSIDE`, `FIRMWARE_IMAGE_DAMAGED`
 */
export async function splitMergedImage({ name: file, bytes }: NamedBytes): Promise<Firmware> {
  const chip = await chipOfMerged({ name: file, bytes });
  const tableOffset = findTable(bytes, chip.bootloaderOffset);
  if (tableOffset === undefined) throw firmwareError('FIRMWARE_MERGED_NO_TABLE', { file });
  const tableEnd = tableOffset + PARTITION_TABLE_SECTOR;
  const { partitions } = parsePartitionTable(bytes.subarray(tableOffset, tableEnd));
  const pieces: readonly Piece[] = [
    { name: 'bootloader', offset: chip.bootloaderOffset, end: tableOffset, isWhole: false },
    { name: 'partition table', offset: tableOffset, end: tableEnd, isWhole: true },
    ...partitions.map(pieceOf),
  ];
  checkNothingOutside(file, bytes, pieces);
  const parts = pieces.map((piece) => partOf(file, bytes, piece)).filter((part) => part !== undefined);
  return { chip: chip.name, parts };
}

/** What is erased would be noise to a chip that reads the partition through the cipher, so it is encrypted with the rest. */
function pieceOf(partition: Partition): Piece {
  const { name, offset, size, encrypted } = partition;
  const isOtadata = isDataPartition(partition, 'ota');
  return { name, offset, end: offset + size, isWhole: encrypted || isOtadata, isAlways: isOtadata };
}

/** ROMs look for a bootloader at different offsets, and the image says of which chip it is. */
async function chipOfMerged({ name: file, bytes }: NamedBytes): Promise<Chip> {
  const offsets = new Set(Object.values(CHIPS).map(({ bootloaderOffset }) => bootloaderOffset));
  for (const offset of offsets) {
    if (bytes[offset] !== IMAGE_MAGIC) continue;
    const { chip } = await readFirmwareImage({ name: file, bytes: bytes.subarray(offset) });
    if (chip.bootloaderOffset === offset) return chip;
  }
  throw firmwareError('FIRMWARE_MERGED_NO_BOOTLOADER', { file });
}

function findTable(bytes: Uint8Array, from: number): number | undefined {
  for (let offset = from + SECTOR; offset < Math.min(bytes.length, TABLE_SEARCH_END); offset += SECTOR) {
    if (recogniseContent(bytes.subarray(offset, offset + SECTOR)) === 'partition-table') return offset;
  }
  return undefined;
}

/** @throws `FIRMWARE_MERGED_OUTSIDE` */
function checkNothingOutside(file: string, bytes: Uint8Array, pieces: readonly Piece[]): void {
  let checked = 0;
  for (const { offset, end } of [...pieces, { offset: bytes.length, end: bytes.length }]) {
    const found = bytes.subarray(checked, offset).findIndex((byte) => byte !== 0xff);
    if (found >= 0) throw firmwareError('FIRMWARE_MERGED_OUTSIDE', { file, offset: toHexOffset(checked + found) });
    checked = Math.max(checked, end);
  }
}

function partOf(file: string, bytes: Uint8Array<ArrayBuffer>, piece: Piece): FirmwarePart | undefined {
  const { name, offset, end, isWhole, isAlways } = piece;
  const content = bytes.subarray(offset, end);
  const last = content.findLastIndex((byte) => byte !== 0xff);
  if (content.length === 0 || (last === -1 && isAlways !== true)) return undefined;
  const length = isWhole ? content.length : Math.ceil((last + 1) / ROW_BYTES) * ROW_BYTES;
  return { name: `${name} of ${file}`, offset, bytes: content.slice(0, length) };
}
