import { equalBytes, toHex, utf8Decode } from '@mkiot/core/bytes/bytes';
import { ByteReader } from '../bytes/byteReader.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { isErased } from '../bytes/isErased.ts';
import { md5 } from '../bytes/md5.ts';
import { ENTRY_BYTES, PARTITION_FLAGS, PARTITION_TABLE_BYTES, type Partition } from './partition.ts';
import { partitionError } from './partitionErrors.ts';

export const ENTRY_MAGIC = 0x50aa;
/** An entry of MD5: this, 14 bytes 0xff, and the digest of all entries before. */
export const MD5_MAGIC = 0xebeb;

export interface ParsedPartitionTable {
  readonly partitions: readonly Partition[];
  readonly hasMd5: boolean;
}

/**
 * Reads a partition table as it is in flash: up to 95 entries, their MD5, and 0xff to the end of what was read. ESP-IDF,
 * partition tables, "Generating Binary Partition Table". What follows the 0xC00 bytes of the table, such as a signature, is
 * not looked at.
 *
 * @throws a {@link partitionError} with the offset
 */
export function parsePartitionTable(bytes: Uint8Array): ParsedPartitionTable {
  const table = bytes.subarray(0, PARTITION_TABLE_BYTES);
  const partitions: Partition[] = [];
  let hasMd5 = false;
  if (bytes.length === 0) throw partitionError('PARTITION_TABLE_EMPTY', { offset: '0x0' });
  for (let at = 0; at < table.length; at += ENTRY_BYTES) {
    const offset = toHexOffset(at);
    const entry = table.subarray(at, at + ENTRY_BYTES);
    if (entry.length < ENTRY_BYTES) throw partitionError('PARTITION_TABLE_LENGTH', { offset });
    if (isErased(entry)) return ended(table, at, { partitions, hasMd5 });
    if (hasMd5) throw partitionError('PARTITION_TABLE_AFTER_MD5', { offset });
    const reader = new ByteReader(entry, 'partition definition', at);
    const magic = reader.uint16('magic');
    if (magic === MD5_MAGIC) {
      checkMd5(entry, table.subarray(0, at), offset);
      hasMd5 = true;
    } else if (magic === ENTRY_MAGIC) partitions.push(parseEntry(reader, offset));
    else throw partitionError('PARTITION_MAGIC', { magic: toHex(entry.subarray(0, 2)), offset });
  }
  throw partitionError('PARTITION_TABLE_NO_END', { offset: toHexOffset(table.length) });
}

function ended(table: Uint8Array, at: number, parsed: ParsedPartitionTable): ParsedPartitionTable {
  const offset = toHexOffset(at);
  if (parsed.partitions.length === 0) throw partitionError('PARTITION_TABLE_EMPTY', { offset });
  const found = table.subarray(at).findIndex((byte) => byte !== 0xff);
  if (found === -1) return parsed;
  throw partitionError('PARTITION_TABLE_AFTER_END', { offset, found: toHexOffset(at + found) });
}

function checkMd5(entry: Uint8Array, entries: Uint8Array, offset: string): void {
  const computed = md5(entries);
  const parsed = entry.subarray(16);
  if (equalBytes(computed, parsed)) return;
  throw partitionError('PARTITION_TABLE_MD5', { computed: toHex(computed), parsed: toHex(parsed), offset });
}

function parseEntry(reader: ByteReader, at: string): Partition {
  const type = reader.uint8('type');
  const subtype = reader.uint8('subtype');
  const offset = reader.uint32('offset');
  const size = reader.uint32('size');
  const name = parseName(reader.bytes(16, 'name'), at);
  const flags = reader.uint32('flags');
  reader.finish();
  return {
    name,
    type,
    subtype,
    offset,
    size,
    encrypted: (flags & PARTITION_FLAGS.encrypted) !== 0,
    readonly: (flags & PARTITION_FLAGS.readonly) !== 0,
    unknownFlags: (flags & ~(PARTITION_FLAGS.encrypted | PARTITION_FLAGS.readonly)) >>> 0,
  };
}

function parseName(field: Uint8Array, offset: string): string {
  const end = field.indexOf(0);
  const name = end === -1 ? field : field.subarray(0, end);
  try {
    if (field.subarray(name.length).some((byte) => byte !== 0)) throw new TypeError('bytes after the name');
    return utf8Decode(name);
  } catch (error) {
    throw partitionError('PARTITION_NAME_BYTES', { offset }, error);
  }
}
