import { toHexOffset } from '../bytes/hexOffset.ts';
import {
  PARTITION_FLAGS,
  PARTITION_SUBTYPES,
  PARTITION_TYPES,
  type Partition,
  type PartitionFlag,
} from './partition.ts';
import { partitionError } from './partitionErrors.ts';

const HEADING = '# ESP-IDF Partition Table\n# Name, Type, SubType, Offset, Size, Flags\n';

/**
 * The partition table as people write it, word for word as gen_esp32part.py writes it.
 *
 * @throws `PARTITION_INVALID` where a name would not be read back
 */
export function buildPartitionCsv(partitions: readonly Partition[]): string {
  return HEADING + partitions.map((partition) => `${csvLine(partition)}\n`).join('');
}

function csvLine(partition: Partition): string {
  const { name, type, subtype, offset, size } = partition;
  if (name !== name.trim() || /^#|[,$\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) {
    throw partitionError('PARTITION_INVALID', { name: JSON.stringify(name), says: 'CSV has no way to write its name' });
  }
  const flags = (Object.keys(PARTITION_FLAGS) as PartitionFlag[]).filter((flag) => partition[flag]);
  const subtypes = PARTITION_SUBTYPES[type] ?? {};
  const words = [name, keyword(type, PARTITION_TYPES), keyword(subtype, subtypes), toHexOffset(offset), sizeText(size)];
  return [...words, flags.join(':')].join(',');
}

function keyword(value: number, keywords: Readonly<Record<string, number>>): string {
  return Object.keys(keywords).find((name) => keywords[name] === value) ?? String(value);
}

function sizeText(size: number): string {
  if (size % 0x100000 === 0) return `${size / 0x100000}M`;
  return size % 0x400 === 0 ? `${size / 0x400}K` : toHexOffset(size);
}
