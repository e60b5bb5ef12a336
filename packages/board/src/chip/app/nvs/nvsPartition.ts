// The library of ESP-IDF's "Non-Volatile Storage": entries are only ever added and marked, pages are erased when they are worn
// full. A power cut leaves the old value or the new one.
import { concatBytes, equalBytes, utf8Encode } from '@mkiot/core/bytes/bytes';
import { buildEntryHeader, type NvsEntryHeader } from '@mkiot/esp32/nvs/nvsEntryHeader';
import { nvsError } from '@mkiot/esp32/nvs/nvsErrors';
import {
  NVS_ENTRIES,
  NVS_ENTRY_BYTES,
  NVS_KEY_BYTES,
  NVS_TYPES,
  NVS_UNUSED,
  nvsCrc,
  nvsSpan,
} from '@mkiot/esp32/nvs/nvsFormat';
import type { ReadNvsItem } from '@mkiot/esp32/nvs/nvsItemValue';
import { interpretItems, type NvsInterpretation } from '@mkiot/esp32/nvs/nvsRecords';
import type { NvsPages } from './nvsPages.ts';

/** Namespaces are numbered from 1. */
const MAX_NAMESPACES = 254;
/** Pieces of a blob count from here or from 0, in turns: so the old and the new one can be told apart. */
const SECOND_START = 0x80;

/** Blobs by namespace and key on an NVS partition. What several users store is stored one after the other. */
export class NvsPartition {
  readonly #pages: NvsPages;
  readonly #namespace: string;
  #last: Promise<void> = Promise.resolve();

  /** @param namespace of all keys, at most 15 bytes */
  constructor(pages: NvsPages, namespace: string) {
    this.#pages = pages;
    this.#namespace = namespace;
  }

  /** The value of `key`; undefined where there is none. @throws `NVS_UNKNOWN` */
  get(key: string): Uint8Array | undefined {
    const all = interpretItems(this.#pages.read());
    const index = this.#current(all, key);
    return index === undefined ? undefined : all.blobs.get(index)?.value;
  }

  /** Resolves when `value` survives a power cut. @throws `NVS_NAME`, `NVS_FULL`, `NVS_NAMESPACES`, `CHIP_POWER_LOST` */
  set(key: string, value: Uint8Array): Promise<void> {
    const stored = this.#last.then(() => this.#store(key, value));
    this.#last = stored.catch(() => undefined);
    return stored;
  }

  async #store(key: string, value: Uint8Array): Promise<void> {
    const all = interpretItems(this.#pages.read());
    const old = this.#current(all, key);
    const oldValue = old === undefined ? undefined : all.blobs.get(old)?.value;
    if (oldValue !== undefined && equalBytes(oldValue, value)) return;
    const namespaceIndex = await this.#namespaceIndex(all);
    const start = old?.item.data[5] === 0 ? SECOND_START : 0;
    // What a cut left of an earlier try must not be taken for pieces of this one.
    await this.#erase(key, namespaceIndex, (item) => item.chunkIndex !== NVS_UNUSED && isOfRun(item.chunkIndex, start));
    await this.#writeBlob(keyBytes(key), namespaceIndex, start, value);
    await this.#erase(key, namespaceIndex, (item) =>
      item.chunkIndex === NVS_UNUSED ? item.data[5] !== start : !isOfRun(item.chunkIndex, start),
    );
  }

  /** Pieces as long as the pages have room, then the index that makes them one. */
  async #writeBlob(key: Uint8Array, namespaceIndex: number, start: number, value: Uint8Array): Promise<void> {
    const header = { namespaceIndex, span: 1, key };
    let count = 0;
    let written = 0;
    do {
      const room = await this.#pages.roomFor(key, 2);
      const chunk = value.subarray(written, written + (room - 1) * NVS_ENTRY_BYTES);
      await this.#pages.append(
        buildItem(
          {
            ...header,
            type: NVS_TYPES.blob_data.code,
            span: nvsSpan(chunk.length),
            chunkIndex: start + count,
            data: lengthAndCrc(chunk),
          },
          chunk,
        ),
      );
      count += 1;
      written += chunk.length;
    } while (written < value.length);
    const data = new Uint8Array(8).fill(NVS_UNUSED);
    const view = new DataView(data.buffer);
    view.setUint32(0, value.length, true);
    view.setUint8(4, count);
    view.setUint8(5, start);
    await this.#pages.roomFor(key, 1);
    await this.#pages.append(
      buildItem({ ...header, type: NVS_TYPES.blob_index.code, chunkIndex: NVS_UNUSED, data }, new Uint8Array()),
    );
  }

  /** Marks every item of `key` that `isOld` as erased, indexes before what they hold together. */
  async #erase(key: string, namespaceIndex: number, isOld: (item: NvsEntryHeader) => boolean): Promise<void> {
    const { reads } = interpretItems(this.#pages.read());
    const old = reads.filter(
      ({ item, key: name }) =>
        item.state === 'written' && item.namespaceIndex === namespaceIndex && name === key && isOld(item),
    );
    for (const { item } of old.toSorted((one, other) => other.item.type - one.item.type)) {
      await this.#pages.markErased(item.offset, item.span);
    }
  }

  #current({ reads, names, states }: NvsInterpretation, key: string): ReadNvsItem | undefined {
    return reads.find(
      (read) =>
        read.key === key &&
        read.type === 'blob_index' &&
        states.get(read) === 'current' &&
        names.get(read.item.namespaceIndex) === this.#namespace,
    );
  }

  async #namespaceIndex({ names }: NvsInterpretation): Promise<number> {
    const known = [...names].find(([, name]) => name === this.#namespace)?.[0];
    if (known !== undefined) return known;
    const index = Math.max(0, ...names.keys()) + 1;
    if (index > MAX_NAMESPACES) throw nvsError('NVS_NAMESPACES');
    const data = new Uint8Array(8).fill(NVS_UNUSED);
    data[0] = index;
    const key = keyBytes(this.#namespace);
    await this.#pages.roomFor(key, 1);
    await this.#pages.append(
      buildItem(
        { namespaceIndex: 0, type: NVS_TYPES.uint8_t.code, span: 1, chunkIndex: NVS_UNUSED, key, data },
        new Uint8Array(),
      ),
    );
    return index;
  }
}

function isOfRun(chunkIndex: number, start: number): boolean {
  return chunkIndex >= SECOND_START === (start === SECOND_START);
}

function buildItem(header: NvsEntryHeader, payload: Uint8Array): Uint8Array {
  const padding = new Uint8Array((header.span - 1) * NVS_ENTRY_BYTES - payload.length).fill(NVS_UNUSED);
  return concatBytes(buildEntryHeader(header), payload, padding);
}

function lengthAndCrc(bytes: Uint8Array): Uint8Array {
  const data = new Uint8Array(8).fill(NVS_UNUSED);
  const view = new DataView(data.buffer);
  view.setUint16(0, bytes.length, true);
  view.setUint32(4, nvsCrc(bytes), true);
  return data;
}

/** @throws `NVS_NAME` */
function keyBytes(name: string): Uint8Array {
  const bytes = utf8Encode(name);
  if (bytes.length === 0 || bytes.length >= NVS_KEY_BYTES) throw nvsError('NVS_NAME', { name });
  return concatBytes(bytes, new Uint8Array(NVS_KEY_BYTES - bytes.length));
}

/** The longest value that a page takes in one piece. */
export const NVS_CHUNK_BYTES: number = (NVS_ENTRIES - 1) * NVS_ENTRY_BYTES;
