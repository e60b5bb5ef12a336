import type { Chip } from '@mkiot/esp32/chips/chip';
import { buildPartitionTable } from '@mkiot/esp32/partitionTable/buildPartitionTable';
import { DEFAULT_PARTITION_TABLE_OFFSET, type Partition } from '@mkiot/esp32/partitionTable/partition';
import type { BootloaderOptions } from '../../boot/bootloaderOptions.ts';
import { buildVirtualBootloader } from '../../boot/buildVirtualBootloader.ts';
import { buildVirtualApp } from '../buildVirtualApp.ts';
import { REFERENCE_FIRMWARE } from './referenceFirmware.ts';

/** Size of the flash that the reference device is for. */
export const REFERENCE_FLASH_BYTES = 0x400000;

/** As `partitions.csv` would say it; the last column is the flag `encrypted`. */
const ROWS: readonly (readonly [
  name: string,
  type: number,
  subtype: number,
  offset: number,
  size: number,
  encrypted: boolean,
])[] = [
  ['nvs_keys', 1, 0x04, 0x9000, 0x1000, true],
  ['otadata', 1, 0x00, 0xa000, 0x2000, false],
  ['fctry', 1, 0x02, 0xc000, 0x4000, false],
  ['factory', 0, 0x00, 0x10000, 0x40000, false],
  ['ota_0', 0, 0x10, 0x50000, 0x40000, false],
  ['ota_1', 0, 0x11, 0x90000, 0x40000, false],
  ['nvs', 1, 0x02, 0xd0000, 0x30000, false],
  ['outbox', 1, 0x40, 0x100000, 0x300000, true],
];

export const REFERENCE_PARTITIONS: readonly Partition[] = ROWS.map(
  ([name, type, subtype, offset, size, encrypted]) => ({
    name,
    type,
    subtype,
    offset,
    size,
    encrypted,
    readonly: false,
    unknownFlags: 0,
  }),
);

/** Bytes for a place in flash. */
export interface FlashPart {
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What is flashed onto a blank chip to make it a reference device: bootloader, partition table, factory app. */
export async function referenceFlash(
  chip: Chip,
  version: string,
  options: Partial<BootloaderOptions>,
): Promise<readonly FlashPart[]> {
  const app = REFERENCE_PARTITIONS.find(({ name }) => name === 'factory') as Partition;
  return [
    { offset: chip.bootloaderOffset, bytes: await buildVirtualBootloader(chip, options) },
    { offset: DEFAULT_PARTITION_TABLE_OFFSET, bytes: buildPartitionTable(REFERENCE_PARTITIONS, true) },
    { offset: app.offset, bytes: await buildVirtualApp({ chip, firmware: REFERENCE_FIRMWARE, version }) },
  ];
}
