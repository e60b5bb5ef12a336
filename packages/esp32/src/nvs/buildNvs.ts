import { concatBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import type { NvsEntryHeader } from './nvsEntryHeader.ts';
import { nvsError } from './nvsErrors.ts';
import {
  NVS_ENTRIES,
  NVS_ENTRY_BYTES,
  NVS_KEY_BYTES,
  NVS_PAGE_BYTES,
  NVS_TYPES,
  NVS_UNUSED,
  nvsCrc,
  nvsSpan,
  type NvsTypeName,
  type NvsVersion,
} from './nvsFormat.ts';
import type { NvsValue } from './nvsItemValue.ts';
import { NvsWriter } from './nvsWriter.ts';

/** A value and its name, or a namespace that begins. */
export type NvsRow = NvsNamespaceRow | NvsValueRow;

export interface NvsNamespaceRow {
  readonly namespace: string;
}

export interface NvsValueRow {
  readonly key: string;
  readonly type: Exclude<NvsTypeName, 'blob_data' | 'blob_index'>;
  readonly value: NvsValue;
}

/** Smaller partitions are for reading only: a device needs a free page to write. */
const SMALLEST_WRITABLE = 3 * NVS_PAGE_BYTES;
const MAX_NAMESPACES = 254;
/** Longest string or blob of version 1, its zero included. */
const V1_BYTES = 1984;
/** A string of version 2 fills a page. */
const V2_STRING_BYTES = (NVS_ENTRIES - 1) * NVS_ENTRY_BYTES;
/** A blob has at most 127 chunks. */
const V2_BLOB_BYTES = 127 * V2_STRING_BYTES;

/**
 * An NVS partition with the given values, byte for byte as nvs_partition_gen makes it: pages in order, the last one kept free.
 * Below 0x3000 bytes it is for a partition that is only read: all pages are used, and those after the last are left out.
 *
 * @throws `NVS_SIZE`, `NVS_FULL`, `NVS_NAME`, `NVS_NAMESPACES`, `NVS_NO_NAMESPACE`, `NVS_DUPLICATE`, `NVS_INTEGER`, `NVS_VALUE_LONG`
 */
export function buildNvs(rows: readonly NvsRow[], size: number, version: NvsVersion = 2): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(size) || size < NVS_PAGE_BYTES || size % NVS_PAGE_BYTES !== 0) {
    throw nvsError('NVS_SIZE', { size });
  }
  const isWritable = size >= SMALLEST_WRITABLE;
  const writer = new NvsWriter(version, size / NVS_PAGE_BYTES - (isWritable ? 1 : 0));
  const namespaces = new Map<string, Set<string>>();
  let namespace: string | undefined;
  for (const row of rows) {
    if ('namespace' in row) {
      ({ namespace } = row);
      if (namespaces.has(namespace)) continue;
      namespaces.set(namespace, new Set());
      writeNamespace(namespace, namespaces.size, { writer, size });
    } else {
      addKey(row.key, namespace, namespaces);
      const index = [...namespaces.keys()].indexOf(namespace ?? '') + 1;
      writeValue(row, index, version, { writer, size });
    }
  }
  const pages = writer.bytes;
  if (!isWritable) return pages;
  const partition = new Uint8Array(size).fill(NVS_UNUSED);
  partition.set(pages);
  return partition;
}

interface Target {
  readonly writer: NvsWriter;
  /** For errors. */
  readonly size: number;
}

function addKey(key: string, namespace: string | undefined, namespaces: ReadonlyMap<string, Set<string>>): void {
  const keys = namespace === undefined ? undefined : namespaces.get(namespace);
  if (keys === undefined) throw nvsError('NVS_NO_NAMESPACE', { key });
  if (keys.has(key)) throw nvsError('NVS_DUPLICATE', { key, namespace });
  keys.add(key);
}

function writeNamespace(name: string, index: number, target: Target): void {
  if (index > MAX_NAMESPACES) throw nvsError('NVS_NAMESPACES');
  makeRoom(1, name, target);
  target.writer.write({ ...headerOf(name, 'uint8_t', 0), data: unusedData(Uint8Array.of(index)) });
}

function writeValue(
  { key, type, value }: NvsValueRow,
  namespaceIndex: number,
  version: NvsVersion,
  target: Target,
): void {
  const header = headerOf(key, type, namespaceIndex);
  if (typeof value === 'bigint') {
    const data = unusedData(integerBytes(key, type, value));
    makeRoom(1, key, target);
    return target.writer.write({ ...header, data });
  }
  const bytes = typeof value === 'string' ? utf8Encode(`${value}\0`) : value;
  const v2Max = type === 'string' ? V2_STRING_BYTES : V2_BLOB_BYTES;
  const max = version === 1 ? V1_BYTES : v2Max;
  if (bytes.length > max) throw nvsError('NVS_VALUE_LONG', { key, type, bytes: bytes.length, max });
  if (version === 2 && type === 'blob') return writeChunks(header, bytes, key, target);
  const span = nvsSpan(bytes.length);
  // The generator leaves the last entry of a page free before it takes the next page.
  makeRoom(Math.min(span + 1, NVS_ENTRIES), key, target);
  target.writer.write({ ...header, span, data: lengthAndCrc(bytes) }, bytes);
}

/** A blob of version 2: pieces that fill page after page, and an index with length, number of pieces, and number of the first. */
function writeChunks(header: NvsEntryHeader, bytes: Uint8Array, key: string, target: Target): void {
  const { writer } = target;
  makeRoom(1, key, target);
  let count = 0;
  let written = 0;
  do {
    const room = (writer.left - 1) * NVS_ENTRY_BYTES;
    const chunk = bytes.subarray(written, written + room);
    const type = NVS_TYPES.blob_data.code;
    const data = lengthAndCrc(chunk);
    writer.write({ ...header, type, span: nvsSpan(chunk.length), chunkIndex: count, data }, chunk);
    count++;
    written += chunk.length;
    if (written < bytes.length || room - chunk.length < NVS_ENTRY_BYTES) turnPage(key, target);
  } while (written < bytes.length);
  const index = new DataView(new ArrayBuffer(6));
  index.setUint32(0, bytes.length, true);
  index.setUint8(4, count);
  writer.write({ ...header, type: NVS_TYPES.blob_index.code, data: unusedData(new Uint8Array(index.buffer)) });
}

function makeRoom(entries: number, key: string, target: Target): void {
  if (target.writer.left < entries) turnPage(key, target);
}

function turnPage(key: string, { writer, size }: Target): void {
  if (!writer.turnPage()) throw nvsError('NVS_FULL', { key, size });
}

function headerOf(name: string, type: NvsTypeName, namespaceIndex: number): NvsEntryHeader {
  const bytes = utf8Encode(name);
  if (bytes.length === 0 || bytes.length >= NVS_KEY_BYTES || bytes.includes(0)) throw nvsError('NVS_NAME', { name });
  const key = concatBytes(bytes, new Uint8Array(NVS_KEY_BYTES - bytes.length));
  return { namespaceIndex, type: NVS_TYPES[type].code, span: 1, chunkIndex: NVS_UNUSED, key, data: unusedData() };
}

function integerBytes(key: string, type: NvsTypeName, value: bigint): Uint8Array {
  const { integerBytes: bytes, signed } = NVS_TYPES[type];
  const bits = BigInt(bytes * 8);
  const min = signed ? -(1n << (bits - 1n)) : 0n;
  const max = signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  if (bytes === 0 || value < min || value > max) {
    throw nvsError('NVS_INTEGER', { key, type, min: String(min), max: String(max) });
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, value, true);
  return new Uint8Array(view.buffer, 0, bytes);
}

function lengthAndCrc(bytes: Uint8Array): Uint8Array {
  const data = unusedData();
  const view = new DataView(data.buffer);
  view.setUint16(0, bytes.length, true);
  view.setUint32(4, nvsCrc(bytes), true);
  return data;
}

function unusedData(bytes: Uint8Array = new Uint8Array()): Uint8Array {
  const data = new Uint8Array(8).fill(NVS_UNUSED);
  data.set(bytes);
  return data;
}
