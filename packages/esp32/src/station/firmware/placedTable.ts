import { recogniseContent } from '../../content/recogniseContent.ts';
import { parsePartitionTable } from '../../partitionTable/parsePartitionTable.ts';
import type { Partition } from '../../partitionTable/partition.ts';
import type { FirmwarePart } from '../prepareFirmware.ts';

export interface PlacedTable {
  /** Of the table in flash. */
  readonly offset: number;
  readonly partitions: readonly Partition[];
}

/** The partition table among the parts, known by what it holds: CONFIG_PARTITION_TABLE_OFFSET moves it, and plans do. */
export function placedTable(parts: readonly FirmwarePart[]): PlacedTable | undefined {
  const part = parts.find(({ bytes }) => recogniseContent(bytes) === 'partition-table');
  return part && { offset: part.offset, partitions: parsePartitionTable(part.bytes).partitions };
}

/** The partition that an address of flash is in. */
export function partitionAt(address: number, partitions: readonly Partition[]): Partition | undefined {
  return partitions.find(({ offset, size }) => address >= offset && address < offset + size);
}
