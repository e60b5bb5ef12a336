import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { md5 } from '../bytes/md5.ts';
import { ENTRY_MAGIC, MD5_MAGIC } from './parsePartitionTable.ts';
import { ENTRY_BYTES, PARTITION_FLAGS, PARTITION_TABLE_BYTES, type Partition } from './partition.ts';
import { partitionError } from './partitionErrors.ts';

const NAME_AT = 12;
const NAME_BYTES = 16;

/**
 * The 0xC00 bytes of a partition table. Entries are not checked against each other: {@link verifyPartitionTable} does.
 *
 * @param withMd5 bootloaders before ESP-IDF v3.1 refuse a table that has its MD5
 * @throws `PARTITION_TABLE_LONG`, `PARTITION_INVALID`
 */
export function buildPartitionTable(partitions: readonly Partition[], withMd5: boolean): Uint8Array<ArrayBuffer> {
  const length = (partitions.length + (withMd5 ? 1 : 0)) * ENTRY_BYTES;
  if (length >= PARTITION_TABLE_BYTES) throw partitionError('PARTITION_TABLE_LONG', { length });
  const table = new Uint8Array(PARTITION_TABLE_BYTES).fill(0xff);
  for (const [index, partition] of partitions.entries()) table.set(buildEntry(partition), index * ENTRY_BYTES);
  if (!withMd5) return table;
  const end = partitions.length * ENTRY_BYTES;
  new DataView(table.buffer).setUint16(end, MD5_MAGIC, true);
  table.set(md5(table.subarray(0, end)), end + 16);
  return table;
}

function buildEntry(partition: Partition): Uint8Array {
  const { name, type, subtype, offset, size, unknownFlags } = partition;
  const nameBytes = utf8Encode(name);
  if (nameBytes.length > NAME_BYTES) {
    throw partitionError('PARTITION_INVALID', {
      name,
      says: `its name takes ${nameBytes.length} bytes, at most 16 fit`,
    });
  }
  const flags =
    (partition.encrypted ? PARTITION_FLAGS.encrypted : 0) | (partition.readonly ? PARTITION_FLAGS.readonly : 0);
  const entry = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(entry.buffer);
  view.setUint16(0, ENTRY_MAGIC, true);
  view.setUint8(2, type);
  view.setUint8(3, subtype);
  view.setUint32(4, offset, true);
  view.setUint32(8, size, true);
  entry.set(nameBytes, NAME_AT);
  view.setUint32(NAME_AT + NAME_BYTES, (flags | unknownFlags) >>> 0, true);
  return entry;
}
