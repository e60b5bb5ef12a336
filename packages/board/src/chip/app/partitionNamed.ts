import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import { appError } from './appErrors.ts';
import type { AppWorld } from './firmware.ts';

/** @throws `PARTITION_MISSING` */
export function partitionNamed({ partitions }: AppWorld, name: string): Partition {
  const found = partitions.find((partition) => partition.name === name);
  if (found === undefined) throw appError('PARTITION_MISSING', { name });
  return found;
}
