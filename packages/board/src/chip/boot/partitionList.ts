// bootloader_utility_load_partition_table and esp_partition_table_verify of ESP-IDF.
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { parsePartitionTable } from '@mkiot/esp32/partitionTable/parsePartitionTable';
import { ENTRY_BYTES, type Partition, PARTITION_TABLE_BYTES } from '@mkiot/esp32/partitionTable/partition';
import type { Stage } from './stage.ts';

const APP_TYPE = 0;
const DATA_TYPE = 1;
const FIRST_OTA = 0x10;
const OTA_SLOTS = 16;

/** What the list of partitions says of those that the bootloader knows, by type and subtype. */
const USAGES: Readonly<Record<string, string>> = {
  '0:0': 'factory app',
  '0:32': 'test app',
  '1:0': 'OTA data',
  '1:1': 'RF data',
  '1:2': 'WiFi data',
  '1:4': 'NVS keys',
  '1:5': 'efuse',
};

/** Reads the partition table and lists it on the console; undefined where there is none that is right. */
export function listPartitions(stage: Stage): readonly Partition[] | undefined {
  const { cache, console, options } = stage;
  const partitions = readPartitions(stage, cache.read(options.partitionTableOffset, PARTITION_TABLE_BYTES));
  if (partitions === undefined) {
    console.log('E', 'boot', 'Failed to verify partition table');
    return undefined;
  }
  console.log('I', 'boot', 'Partition Table:');
  console.log('I', 'boot', '## Label            Usage          Type ST Offset   Length');
  for (const [index, partition] of partitions.entries()) console.log('I', 'boot', partitionLine(index, partition));
  console.log('I', 'boot', 'End of partition table');
  return partitions;
}

/** What the table in `bytes` says; undefined where it is wrong, which the console is told. */
export function readPartitions({ console, cache }: Stage, bytes: Uint8Array): readonly Partition[] | undefined {
  try {
    const { partitions } = parsePartitionTable(bytes);
    const outside = partitions.findIndex(({ offset, size }) => offset + size > cache.raw.size);
    if (outside === -1) return partitions;
    console.log('E', 'flash_parts', outsideText(outside, partitions[outside] as Partition, cache.raw.size));
  } catch (error) {
    if (!(error instanceof MkiotError)) throw error;
    console.log('E', 'flash_parts', problemText(error));
  }
  return undefined;
}

function partitionLine(index: number, { name, type, subtype, offset, size }: Partition): string {
  const label = name.padEnd(16);
  const numbers = [hex(type, 2), hex(subtype, 2), hex(offset, 8), hex(size, 8)].join(' ');
  return `${String(index).padStart(2)} ${label} ${usageOf(type, subtype).padEnd(16)} ${numbers}`;
}

function usageOf(type: number, subtype: number): string {
  const usage = USAGES[`${type}:${subtype}`];
  if (usage !== undefined) return usage;
  if (type === APP_TYPE) return otaSlot(subtype) === undefined ? 'Unknown app' : 'OTA app';
  return type === DATA_TYPE ? 'Unknown data' : 'unknown';
}

/** The partitions ota_0, ota_1, … in their order. */
export function otaPartitions(partitions: readonly Partition[]): readonly Partition[] {
  return partitions
    .filter(({ type, subtype }) => type === APP_TYPE && otaSlot(subtype) !== undefined)
    .toSorted((one, other) => one.subtype - other.subtype);
}

/** Number n of a partition ota_n, by its subtype. */
function otaSlot(subtype: number): number | undefined {
  return subtype >= FIRST_OTA && subtype < FIRST_OTA + OTA_SLOTS ? subtype - FIRST_OTA : undefined;
}

function outsideText(index: number, { offset, size }: Partition, flashBytes: number): string {
  const place = `offset 0x${hex(offset)} size 0x${hex(size)}`;
  return `partition ${index} invalid - ${place} exceeds flash chip size 0x${hex(flashBytes)}`;
}

/** What ESP-IDF says of a table that cannot be read. */
function problemText({ code, context }: MkiotError): string {
  if (code === 'PARTITION_TABLE_MD5') return 'Incorrect MD5 checksum';
  if (code === 'PARTITION_TABLE_NO_END') return 'partition table has no terminating entry, not valid';
  const index = Number(context['offset'] ?? 0) / ENTRY_BYTES;
  return `partition ${index} invalid magic number 0x${magicOf(context['magic'])}`;
}

/** An error shows the two bytes as they lie in flash; the log shows them as a number. */
function magicOf(bytes: unknown): string {
  return typeof bytes === 'string' ? bytes.slice(2, 4) + bytes.slice(0, 2) : 'ffff';
}

function hex(number: number, digits = 0): string {
  return number.toString(16).padStart(digits, '0');
}
