import type { Partition } from '../../partitionTable/partition.ts';
import type { ParsedPartitionTable } from '../../partitionTable/parsePartitionTable.ts';
import type { Secret } from '../secrets/secret.ts';
import type { NvsArea } from './nvsArea.ts';
import type { SectorKind } from './sectorKind.ts';

/** What was read out of the flash of a device, from address 0 on. */
export interface FlashDump {
  readonly bytes: Uint8Array;
  /** The partition table in it, found in clear or with the flash encryption key; undefined if it is not readable. */
  readonly partitionTable?: FoundPartitionTable;
  /** Where it is not: the well-known layout that fits what can be seen, after which `regions` are named. */
  readonly assumedLayout?: string;
  /** Where a flash encryption key was given: whether it opens anything here. One that does not is of another device. */
  readonly keyFits?: boolean;
  /** What the flash is divided into, in order, without gaps: bootloader, partition table, partitions, and what lies between. */
  readonly regions: readonly FlashRegion[];
  /** One for each 4 KiB sector, by its statistics. */
  readonly sectors: readonly SectorKind[];
  /** The NVS in it, partitions of that type and others. */
  readonly nvs: readonly NvsArea[];
  /** What must not be readable, in the order of the flash. */
  readonly secrets: readonly Secret[];
}

export interface FoundPartitionTable {
  readonly offset: number;
  readonly table: ParsedPartitionTable;
}

export interface FlashRegion {
  /** Label of the partition, or "bootloader", "partition table", "unassigned". */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly partition?: Partition;
  /** As the sectors that are not erased show it. */
  readonly content: SectorKind | 'mixed';
  /** What is in it in clear: the bytes of the dump, or decrypted with the flash encryption key where one was given. */
  readonly readable: Uint8Array;
  /** Whether `readable` is decrypted: what is only there is not open to who has no key. */
  readonly isDecrypted: boolean;
}
