import { concatBytes } from '@mkiot/core/bytes/bytes';
import { NVS_ENTRY_BYTES, NVS_KEY_BYTES, nvsCrc } from './nvsFormat.ts';

/** The 32 bytes that a value begins with, but for their CRC. */
export interface NvsEntryHeader {
  /** 0: the entry defines a namespace, its key is the name and its value the index. */
  readonly namespaceIndex: number;
  readonly type: number;
  /** Entries that the value takes, this one included. */
  readonly span: number;
  /** Of a piece of a blob; 0xff for all else. */
  readonly chunkIndex: number;
  /** 16 bytes, filled up with zeros. */
  readonly key: Uint8Array;
  /** The value, or length and CRC of what follows; 8 bytes. */
  readonly data: Uint8Array;
}

/** @returns undefined where the CRC is not right */
export function parseEntryHeader(entry: Uint8Array): NvsEntryHeader | undefined {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  if (view.getUint32(4, true) !== headerCrc(entry)) return undefined;
  const [namespaceIndex = 0, type = 0, span = 0, chunkIndex = 0] = entry;
  const key = entry.subarray(8, 8 + NVS_KEY_BYTES);
  return { namespaceIndex, type, span, chunkIndex, key, data: entry.subarray(8 + NVS_KEY_BYTES) };
}

export function buildEntryHeader(header: NvsEntryHeader): Uint8Array {
  const entry = new Uint8Array(NVS_ENTRY_BYTES);
  entry.set([header.namespaceIndex, header.type, header.span, header.chunkIndex]);
  entry.set(header.key, 8);
  entry.set(header.data, 8 + NVS_KEY_BYTES);
  new DataView(entry.buffer).setUint32(4, headerCrc(entry), true);
  return entry;
}

/** It leaves out itself. */
function headerCrc(entry: Uint8Array): number {
  return nvsCrc(concatBytes(entry.subarray(0, 4), entry.subarray(8)));
}
