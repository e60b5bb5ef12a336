import { concatBytes } from '@mkiot/core/bytes/bytes';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { nvsError } from './nvsErrors.ts';
import { NVS_ENTRY_STATES, type NvsEntryState } from './nvsFormat.ts';
import { dataView, type ReadNvsItem } from './nvsItemValue.ts';

/** A blob of version 2, put together from its chunks. */
export interface NvsBlob {
  readonly chunks: readonly ReadNvsItem[];
  readonly value: Uint8Array;
  readonly problem: MkiotError | undefined;
}

/**
 * Blobs by the item that is their index. A chunk belongs to one blob at most: those in use choose before deleted ones, and
 * newer ones before older.
 */
export function gatherBlobs(reads: readonly ReadNvsItem[]): ReadonlyMap<ReadNvsItem, NvsBlob> {
  const oldestFirst = reads.toSorted((one, other) => (isNewer(one, other) ? 1 : -1));
  const chunks = new Chunks(oldestFirst.filter(({ type }) => type === 'blob_data'));
  const newestFirst = oldestFirst.filter(({ type }) => type === 'blob_index').reverse();
  const inUse = newestFirst.filter(({ item }) => item.state === 'written');
  const deleted = newestFirst.filter(({ item }) => item.state !== 'written');
  return new Map([...inUse, ...deleted].map((index) => [index, gatherBlob(index, chunks)]));
}

/** Whether the device would take the first rather than the second. */
export function isNewer({ item: one }: ReadNvsItem, { item: other }: ReadNvsItem): boolean {
  return one.sequence === other.sequence ? one.offset > other.offset : one.sequence > other.sequence;
}

/** The index holds the size, the number of chunks, and the number of the first. */
function gatherBlob(index: ReadNvsItem, available: Chunks): NvsBlob {
  const view = dataView(index.item.data);
  const [expected, count, first] = [view.getUint32(0, true), view.getUint8(4), view.getUint8(5)];
  const chunks = available.take(index, first, count);
  const value = concatBytes(...chunks.map(({ value }) => value as Uint8Array));
  const damage = chunks.find(({ problem }) => problem !== undefined)?.problem;
  const offset = toHexOffset(index.item.offset);
  const isWhole = value.length === expected && chunks.length === count;
  const incomplete = isWhole ? undefined : nvsError('NVS_BLOB_INCOMPLETE', { offset, found: value.length, expected });
  return { chunks, value, problem: damage ?? incomplete };
}

const STATES = Object.keys(NVS_ENTRY_STATES) as readonly NvsEntryState[];

/** Chunks that no blob has taken yet, by name, number and state, the newest last. */
class Chunks {
  readonly #byName = new Map<string, Map<number, ReadNvsItem[]>>();

  constructor(oldestFirst: readonly ReadNvsItem[]) {
    for (const chunk of oldestFirst) {
      const name = nameOf(chunk);
      const ofName = this.#byName.get(name) ?? new Map<number, ReadNvsItem[]>();
      this.#byName.set(name, ofName);
      const place = placeOf(chunk.item.chunkIndex, chunk.item.state);
      const ofPlace = ofName.get(place) ?? [];
      ofName.set(place, ofPlace);
      ofPlace.push(chunk);
    }
  }

  /** For each number from `first` on the newest chunk that is marked like the index; for a deleted blob any other too. */
  take(index: ReadNvsItem, first: number, count: number): ReadNvsItem[] {
    const taken: ReadNvsItem[] = [];
    const ofName = this.#byName.get(nameOf(index)) ?? new Map<number, ReadNvsItem[]>();
    const { state } = index.item;
    const states = state === 'written' ? [state] : [state, ...STATES.filter((other) => other !== state)];
    // A partition may be full of indexes: where no chunk is left, nothing is looked for.
    for (let number = first; number < first + count && ofName.size > 0; number++) {
      const place = states.map((state) => placeOf(number, state)).find((place) => ofName.has(place));
      const ofPlace = place === undefined ? undefined : ofName.get(place);
      const chunk = ofPlace?.pop();
      if (chunk !== undefined) taken.push(chunk);
      if (place !== undefined && ofPlace?.length === 0) ofName.delete(place);
    }
    return taken;
  }
}

function nameOf({ item, key }: ReadNvsItem): string {
  return `${item.namespaceIndex}:${key}`;
}

function placeOf(number: number, state: NvsEntryState): number {
  return number * STATES.length + STATES.indexOf(state);
}
