import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { gatherBlobs, isNewer, type NvsBlob } from './nvsBlobs.ts';
import type { NvsTypeName } from './nvsFormat.ts';
import { type NvsValue, readNvsItem, type ReadNvsItem } from './nvsItemValue.ts';
import type { NvsPage } from './parseNvs.ts';

/**
 * - `current`: what the device reads
 * - `replaced`: in use by its marks, but a newer entry has the same name
 * - `erased`: deleted or overwritten, but still readable
 * - `unmarked`: written, but the power was cut before it was marked as written
 */
export type NvsRecordState = 'current' | 'replaced' | 'erased' | 'unmarked';

/** A value under its name. A blob in chunks is one record; a chunk that belongs to no blob is one too. */
export interface NvsRecord {
  /** Undefined where the namespace is not defined any more. */
  readonly namespace: string | undefined;
  readonly namespaceIndex: number;
  readonly key: string;
  /** Undefined where the type is unknown. `blob_index` stands for the whole blob. */
  readonly type: NvsTypeName | undefined;
  readonly value: NvsValue | undefined;
  readonly state: NvsRecordState;
  /** Of the item in the partition. */
  readonly offset: number;
  readonly problem: MkiotError | undefined;
}

/** Every value that can be read, in the order of the partition; see {@link NvsRecordState} for what each is. */
export function nvsRecords(pages: readonly NvsPage[]): readonly NvsRecord[] {
  const { reads, names, blobs, states } = interpretItems(pages);
  const chunks = new Set([...blobs.values()].flatMap(({ chunks }) => chunks));
  const shown = reads.filter((read) => !isNamespace(read) && !chunks.has(read));
  return shown.map((read) => {
    const { item, key, type } = read;
    const { value, problem } = blobs.get(read) ?? read;
    const { namespaceIndex, offset } = item;
    const namespace = names.get(namespaceIndex);
    const state = states.get(read) ?? 'replaced';
    return { namespace, namespaceIndex, key, type, value, state, offset, problem: problem ?? read.problem };
  });
}

/** What the items of a partition mean together. */
export interface NvsInterpretation {
  readonly reads: readonly ReadNvsItem[];
  /** Of namespaces, by their index. */
  readonly names: ReadonlyMap<number, string>;
  readonly blobs: ReadonlyMap<ReadNvsItem, NvsBlob>;
  readonly states: ReadonlyMap<ReadNvsItem, NvsRecordState>;
}

export function interpretItems(pages: readonly NvsPage[]): NvsInterpretation {
  const reads = pages.flatMap(({ items }) => items.map(readNvsItem));
  const newest = newestItems(reads);
  const blobs = gatherBlobs(reads);
  const states = new Map(reads.map((read) => [read, stateOf(read, newest)]));
  // A piece in use is what its blob is; one without a blob in use was replaced.
  const inUse = [...blobs].filter(([index]) => index.item.state === 'written');
  for (const [index, { chunks }] of inUse) for (const chunk of chunks) states.set(chunk, stateOf(index, newest));
  return { reads, names: namespaceNames(reads), blobs, states };
}

/** Names of namespaces by index. A deleted definition counts where no other has its index. */
function namespaceNames(reads: readonly ReadNvsItem[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const definitions = reads.filter(isNamespace);
  const isWritten = ({ item }: ReadNvsItem): boolean => item.state === 'written';
  for (const { key, value } of [...definitions.filter((read) => !isWritten(read)), ...definitions.filter(isWritten)]) {
    if (typeof value === 'bigint') names.set(Number(value), key);
  }
  return names;
}

function isNamespace({ item, type }: ReadNvsItem): boolean {
  return item.namespaceIndex === 0 && type === 'uint8_t';
}

/** Of all written items with one name and type, the one that the device takes. */
function newestItems(reads: readonly ReadNvsItem[]): ReadonlyMap<string, ReadNvsItem> {
  const newest = new Map<string, ReadNvsItem>();
  for (const read of reads) {
    if (read.item.state !== 'written') continue;
    const name = nameOf(read);
    const other = newest.get(name);
    if (other === undefined || isNewer(read, other)) newest.set(name, read);
  }
  return newest;
}

function nameOf({ item, key }: ReadNvsItem): string {
  return `${item.namespaceIndex}:${item.type}:${item.chunkIndex}:${key}`;
}

function stateOf(read: ReadNvsItem, newest: ReadonlyMap<string, ReadNvsItem>): NvsRecordState {
  const { state } = read.item;
  if (state !== 'written') return state === 'erased' ? 'erased' : 'unmarked';
  return newest.get(nameOf(read)) === read && read.type !== 'blob_data' ? 'current' : 'replaced';
}
