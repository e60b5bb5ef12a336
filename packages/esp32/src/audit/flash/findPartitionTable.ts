import type { FlashCipher } from '../../flashEncryption/flashCipher.ts';
import { DEFAULT_PARTITION_TABLE_OFFSET } from '../../partitionTable/partition.ts';
import { ENTRY_MAGIC, parsePartitionTable } from '../../partitionTable/parsePartitionTable.ts';
import type { FoundPartitionTable } from './flashDump.ts';
import { SECTOR_BYTES } from './sectorTexture.ts';

/** CONFIG_PARTITION_TABLE_OFFSET moves the table up, to make room for a large bootloader: nobody needs more than this. */
const LAST_OFFSET = 0x40000;

/**
 * The partition table in a dump: where it is by default, or at another sector near the start; in clear, or by decrypting.
 * Undefined where none is whole.
 */
export function findPartitionTable(
  bytes: Uint8Array,
  cipher: FlashCipher | undefined,
): FoundPartitionTable | undefined {
  const end = Math.min(LAST_OFFSET, bytes.length - SECTOR_BYTES);
  const offsets = [DEFAULT_PARTITION_TABLE_OFFSET];
  for (let offset = SECTOR_BYTES; offset <= end; offset += SECTOR_BYTES) offsets.push(offset);
  for (const offset of offsets) {
    const sector = bytes.subarray(offset, offset + SECTOR_BYTES);
    const table = readTable(sector, offset) ?? (cipher && readTable(decrypted(sector, offset, cipher), offset));
    if (table !== undefined) return table;
  }
  return undefined;
}

function decrypted(sector: Uint8Array, offset: number, cipher: FlashCipher): Uint8Array {
  const copy = sector.slice(0, sector.length - (sector.length % 16));
  cipher.decrypt(offset, copy);
  return copy;
}

function readTable(sector: Uint8Array, offset: number): FoundPartitionTable | undefined {
  const [first = 0, second = 0] = sector;
  if ((first | (second << 8)) !== ENTRY_MAGIC) return undefined;
  try {
    return { offset, table: parsePartitionTable(sector) };
  } catch {
    // A damaged table is none; whoever wants to know why parses it alone.
    return undefined;
  }
}
