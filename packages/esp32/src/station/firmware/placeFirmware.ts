import { recogniseContent } from '../../content/recogniseContent.ts';
import { buildPartitionTable } from '../../partitionTable/buildPartitionTable.ts';
import { parsePartitionCsv } from '../../partitionTable/parsePartitionCsv.ts';
import { parsePartitionTable } from '../../partitionTable/parsePartitionTable.ts';
import {
  isDataPartition,
  PARTITION_SUBTYPES,
  PARTITION_TYPES,
  type Partition,
} from '../../partitionTable/partition.ts';
import { verifyPartitionTable } from '../../partitionTable/verifyPartitionTable.ts';
import type { FirmwarePart } from '../prepareFirmware.ts';
import type { Firmware, NamedBytes } from './firmware.ts';
import { firmwareError } from './firmwareErrors.ts';
import { checkOneChip, readFirmwareImage } from './firmwareImage.ts';

/** The files of which firmware consists. */
export interface FirmwareFiles {
  readonly bootloader: NamedBytes;
  /** As CSV, or as it is in flash. */
  readonly partitions: NamedBytes;
  readonly app: NamedBytes;
  /** Which app is to start; undefined: none was chosen, and the bootloader takes the first. */
  readonly otadata?: NamedBytes | undefined;
}

const { app: APP } = PARTITION_TYPES;

/**
 * Puts each file where the chip looks for it: the bootloader where its ROM does, the app into `factory`, else into the first
 * slot. Otadata is always written, or what an earlier firmware left there would choose another app.
 *
 * @param tableOffset CONFIG_PARTITION_TABLE_OFFSET of the build
 * @throws `FIRMWARE_IMAGE_DAMAGED`, `FIRMWARE_TABLE_DAMAGED`, `FIRMWARE_CHIPS_DIFFER`, `FIRMWARE_NO_APP_PARTITION`
 */
export async function placeFirmware(files: FirmwareFiles, tableOffset: number): Promise<Firmware> {
  const { bootloader, app } = files;
  const images = [await readFirmwareImage(bootloader), await readFirmwareImage(app)] as const;
  checkOneChip(images);
  const [{ chip }] = images;
  const { partitions, table } = readTable(files.partitions, tableOffset, chip.bootloaderOffset);
  const appPartition = firstApp(partitions);
  if (appPartition === undefined) throw firmwareError('FIRMWARE_NO_APP_PARTITION', { file: files.partitions.name });
  const parts: FirmwarePart[] = [
    { ...bootloader, offset: chip.bootloaderOffset },
    { ...table, offset: tableOffset },
    { ...app, offset: appPartition.offset },
  ];
  const otadata = partitions.find((partition) => isDataPartition(partition, 'ota'));
  if (otadata !== undefined) {
    const { name, bytes } = files.otadata ?? { name: 'otadata', bytes: new Uint8Array(otadata.size).fill(0xff) };
    parts.push({ name, bytes, offset: otadata.offset });
  }
  return { chip: chip.name, parts };
}

/** The app that a bootloader starts where otadata chooses none (ESP-IDF, "Bootloader", "Factory and OTA apps"). */
function firstApp(partitions: readonly Partition[]): Partition | undefined {
  const { factory, ota_0 } = PARTITION_SUBTYPES[APP] ?? {};
  const apps = partitions.filter(({ type }) => type === APP);
  return [factory, ota_0].flatMap((wanted) => apps.filter(({ subtype }) => subtype === wanted))[0] ?? apps[0];
}

interface Table {
  readonly partitions: readonly Partition[];
  readonly table: NamedBytes;
}

/** @throws `FIRMWARE_TABLE_DAMAGED` */
function readTable({ name, bytes }: NamedBytes, tableOffset: number, primaryBootloaderOffset: number): Table {
  try {
    const isBinary = recogniseContent(bytes) === 'partition-table';
    const partitions = isBinary
      ? parsePartitionTable(bytes).partitions
      : parsePartitionCsv(bytes, { tableOffset, primaryBootloaderOffset, variables: {} });
    verifyPartitionTable(partitions, { tableOffset });
    return { partitions, table: { name, bytes: isBinary ? bytes : buildPartitionTable(partitions, true) } };
  } catch (error) {
    throw firmwareError('FIRMWARE_TABLE_DAMAGED', { file: name, reason: (error as Error).message }, error);
  }
}
