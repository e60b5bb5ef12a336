import { NVS_ENTRIES_OFFSET, NVS_ENTRY_BYTES, NVS_PAGE_BYTES, NVS_STATES_OFFSET } from '../../nvs/nvsFormat.ts';
import { nvsRecords } from '../../nvs/nvsRecords.ts';
import { parseNvs } from '../../nvs/parseNvs.ts';
import { buildPartitionTable } from '../../partitionTable/buildPartitionTable.ts';
import type { Partition } from '../../partitionTable/partition.ts';
import type { ReadVector } from '../../vectors.testing.ts';

const FLASH_VECTORS: URL = new URL('vectors/', import.meta.url);

/** The flash of one of the devices there. */
export async function wholeDevice(
  read: ReadVector,
  name: 'open-arduino-board' | 'flash-encrypted-keys-in-clear',
): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([await read(new URL(`${name}.bin.gz`, FLASH_VECTORS))]);
  const stream = compressed.stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The flash encryption key of the second. */
export function keyOfDevice(read: ReadVector): Promise<Uint8Array<ArrayBuffer>> {
  return read(new URL('flash-encrypted-keys-in-clear.key', FLASH_VECTORS));
}

const unflagged = { encrypted: false, readonly: false, unknownFlags: 0 } as const;

export function partition(name: string, type: number, subtype: number, offset: number, size: number): Partition {
  return { name, type, subtype, offset, size, ...unflagged };
}

/** 256 kB of erased flash with a partition table, and what else is put into it. */
export function flashWith(
  partitions: readonly Partition[],
  ...contents: readonly (readonly [offset: number, content: Uint8Array])[]
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(0x40000).fill(0xff);
  bytes.set(buildPartitionTable(partitions, true), 0x8000);
  for (const [offset, content] of contents) bytes.set(content, offset);
  return bytes;
}

/** NVS in which one value was erased the way a device does it: by two bits of each of its entries. */
export function withErased(nvs: Uint8Array<ArrayBuffer>, key: string): Uint8Array<ArrayBuffer> {
  const bytes = nvs.slice();
  const record = nvsRecords(parseNvs(nvs)).find((record) => record.key === key);
  if (record === undefined) throw new Error(`there is no "${key}"`);
  const page = Math.floor(record.offset / NVS_PAGE_BYTES) * NVS_PAGE_BYTES;
  const first = (record.offset - page - NVS_ENTRIES_OFFSET) / NVS_ENTRY_BYTES;
  const span = bytes[record.offset + 2] ?? 1;
  for (let entry = first; entry < first + span; entry++) {
    const at = page + NVS_STATES_OFFSET + (entry >> 2);
    bytes[at] = (bytes[at] as number) & ~(3 << ((entry & 3) * 2));
  }
  return bytes;
}
