import type { Partition } from '../../../partitionTable/partition.ts';
import type { AuditSubject, FromInput } from '../../subject.ts';

/** The partition table: the one in flash, which the device uses, before a file; undefined where neither is readable. */
export function partitionsOf({ flash, partitionTable }: AuditSubject): FromInput<readonly Partition[]> | undefined {
  const inFlash = flash?.value.partitionTable?.table.partitions;
  return flash === undefined || inFlash === undefined ? partitionTable : { source: flash.source, value: inFlash };
}
