import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { isErased } from '@mkiot/esp32/bytes/isErased';
import { nvsError } from '@mkiot/esp32/nvs/nvsErrors';
import {
  NVS_ENTRIES,
  NVS_ENTRIES_OFFSET,
  NVS_ENTRY_BYTES,
  NVS_PAGE_BYTES,
  NVS_PAGE_STATES,
  NVS_STATES_OFFSET,
  NVS_VERSION_BYTES,
  nvsCrc,
} from '@mkiot/esp32/nvs/nvsFormat';
import type { NvsEntryCipher } from '@mkiot/esp32/nvs/nvsCipher';
import { entryState, type NvsItem, type NvsPage, nvsPages, parseNvs, parseNvsPages } from '@mkiot/esp32/nvs/parseNvs';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import type { FlashMemory } from '../../flash/flashMemory.ts';

/** Bits of a state that are cleared when an entry is written, and when it is erased. */
const WRITTEN_MASK = 0b10;
const ERASED_MASK = 0b00;

/** The pages of an NVS partition in flash: where entries are added, and which page gives way when there is no room. */
export class NvsPages {
  readonly #flash: FlashMemory;
  readonly #partition: Partition;
  readonly #cipher: NvsEntryCipher | undefined;

  /** @param cipher undefined: the partition is plain */
  constructor(flash: FlashMemory, partition: Partition, cipher: NvsEntryCipher | undefined) {
    this.#flash = flash;
    this.#partition = partition;
    this.#cipher = cipher;
  }

  /** What is there, decrypted. @throws `NVS_UNKNOWN`, `NVS_LENGTH` */
  read(): readonly NvsPage[] {
    const plain = this.#plain();
    const pages = parseNvsPages(plain);
    const [first, ...others] = pages.filter(({ state }) => state !== 'empty');
    // Of a partition that was never used the power may have torn the header of its first page; else it is none.
    return first?.version === undefined && others.length > 0 ? parseNvs(plain) : pages;
  }

  /**
   * Makes sure that the active page has room for `entries`, and says how many it has.
   *
   * @param key for the error
   * @throws `NVS_FULL`, `CHIP_POWER_LOST`
   */
  async roomFor(key: Uint8Array, entries: number): Promise<number> {
    await this.#recover();
    const active = this.#active();
    if (active !== undefined && NVS_ENTRIES - this.#nextFree(active) >= entries) {
      return NVS_ENTRIES - this.#nextFree(active);
    }
    if (active !== undefined) await this.#program(active * NVS_PAGE_BYTES, word(NVS_PAGE_STATES.full));
    await this.#turnPage(key);
    const fresh = this.#active();
    const room = fresh === undefined ? 0 : NVS_ENTRIES - this.#nextFree(fresh);
    if (room < entries) throw this.#full(key);
    return room;
  }

  /** Adds an item to the active page, which has room for it: first its bytes, then the marks that make it count. */
  async append(item: Uint8Array): Promise<void> {
    const page = this.#active();
    if (page === undefined) throw new TypeError('room is made before an item is added');
    const first = this.#nextFree(page);
    const offset = page * NVS_PAGE_BYTES + NVS_ENTRIES_OFFSET + first * NVS_ENTRY_BYTES;
    await this.#program(offset, this.#cipher?.encrypt(offset, item) ?? item);
    await this.#mark(page, first, item.length / NVS_ENTRY_BYTES, WRITTEN_MASK);
  }

  /** Marks the entries of the item at `offset` as erased: its bytes stay until the page is erased. */
  async markErased(offset: number, span: number): Promise<void> {
    const page = Math.floor(offset / NVS_PAGE_BYTES);
    const entry = ((offset % NVS_PAGE_BYTES) - NVS_ENTRIES_OFFSET) / NVS_ENTRY_BYTES;
    await this.#mark(page, entry, span, ERASED_MASK);
  }

  /** Marks the entries of the item at `offset` as erased, and writes over its bytes, which flash lets become zeros. */
  async wipe(offset: number, span: number): Promise<void> {
    await this.markErased(offset, span);
    await this.#program(offset, new Uint8Array(span * NVS_ENTRY_BYTES));
  }

  /** Takes an empty page; where only one is left, it takes over what counts on the page that has the least of it. */
  async #turnPage(key: Uint8Array): Promise<void> {
    const pages = this.read();
    const free = freePages(pages);
    if (free.length > 1) return this.#begin(free[0] as number, pages);
    const used = pages.flatMap((page, index) => (free.includes(index) ? [] : [{ index, live: liveItems(page) }]));
    const [least] = used.toSorted((one, other) => entriesOf(one.live) - entriesOf(other.live));
    if (least === undefined || free.length === 0) throw this.#full(key);
    await this.#program(least.index * NVS_PAGE_BYTES, word(NVS_PAGE_STATES.freeing));
    await this.#free(least.index);
  }

  /** Moves what counts to an empty page, and erases `page`. It is marked before and stays so until it is empty. */
  async #free(page: number): Promise<void> {
    const pages = this.read();
    const [fresh] = freePages(pages);
    if (fresh === undefined) throw new TypeError('one page is always kept free');
    await this.#begin(fresh, pages);
    for (const item of liveItems(pages[page] as NvsPage)) await this.append(this.#bytesOf(item));
    await this.#erase(page);
  }

  /** Where the power went while a page was freed, it is done again from the beginning. */
  async #recover(): Promise<void> {
    const freeing = this.read().findIndex(({ state }) => state === 'freeing');
    if (freeing === -1) return;
    const copy = this.#active();
    if (copy !== undefined) await this.#erase(copy);
    await this.#free(freeing);
  }

  /** Makes `page` the active one, the newest of all. */
  async #begin(page: number, pages: readonly NvsPage[]): Promise<void> {
    if (pages[page]?.state !== 'empty') await this.#erase(page);
    const header = new Uint8Array(NVS_STATES_OFFSET).fill(0xff);
    const view = new DataView(header.buffer);
    view.setUint32(0, NVS_PAGE_STATES.active, true);
    view.setUint32(
      4,
      1 + Math.max(-1, ...pages.map(({ version, sequence }) => (version === undefined ? -1 : sequence))),
      true,
    );
    view.setUint8(8, NVS_VERSION_BYTES[2]);
    view.setUint32(28, nvsCrc(header.subarray(4, 28)), true);
    await this.#program(page * NVS_PAGE_BYTES, header);
  }

  #erase(page: number): Promise<void> {
    return this.#flash.eraseSector(this.#partition.offset + page * NVS_PAGE_BYTES);
  }

  #active(): number | undefined {
    const index = this.read().findIndex(({ state }) => state === 'active');
    return index === -1 ? undefined : index;
  }

  /** The first entry that nothing was written to: bytes without a mark are what a power cut has left. */
  #nextFree(page: number): number {
    const bytes = nvsPages(this.#raw())[page] as Uint8Array;
    for (let entry = NVS_ENTRIES; entry > 0; entry--) {
      const at = NVS_ENTRIES_OFFSET + (entry - 1) * NVS_ENTRY_BYTES;
      const isFree = entryState(bytes, entry - 1) === 'empty' && isErased(bytes.subarray(at, at + NVS_ENTRY_BYTES));
      if (!isFree) return entry;
    }
    return 0;
  }

  #bytesOf({ offset, span }: NvsItem): Uint8Array {
    return this.#plain().subarray(offset, offset + span * NVS_ENTRY_BYTES);
  }

  async #mark(page: number, first: number, count: number, mask: number): Promise<void> {
    const states = new Uint8Array(NVS_ENTRIES_OFFSET - NVS_STATES_OFFSET).fill(0xff);
    for (let entry = first; entry < first + count; entry++) {
      const shift = (entry & 3) * 2;
      states[entry >> 2] = ((states[entry >> 2] as number) & ~(0b11 << shift) & 0xff) | (mask << shift);
    }
    const from = first >> 2;
    const end = (first + count - 1) >> 2;
    await this.#program(page * NVS_PAGE_BYTES + NVS_STATES_OFFSET + from, states.subarray(from, end + 1));
  }

  #program(offset: number, bytes: Uint8Array): Promise<void> {
    return this.#flash.program(this.#partition.offset + offset, bytes);
  }

  #raw(): Uint8Array<ArrayBuffer> {
    return this.#flash.read(this.#partition.offset, this.#partition.size);
  }

  #plain(): Uint8Array<ArrayBuffer> {
    const bytes = this.#raw();
    if (this.#cipher === undefined) return bytes;
    for (const [index, page] of nvsPages(bytes).entries()) {
      const used = usedEntries(page);
      const entries = page.subarray(NVS_ENTRIES_OFFSET, NVS_ENTRIES_OFFSET + used * NVS_ENTRY_BYTES);
      entries.set(this.#cipher.decrypt(index * NVS_PAGE_BYTES + NVS_ENTRIES_OFFSET, entries));
    }
    return bytes;
  }

  #full(key: Uint8Array): Error {
    return nvsError('NVS_FULL', { key: utf8Decode(key.subarray(0, key.indexOf(0))), size: this.#partition.size });
  }
}

/** How many entries from the first on have a mark. */
function usedEntries(page: Uint8Array): number {
  for (let entry = NVS_ENTRIES; entry > 0; entry--) if (entryState(page, entry - 1) !== 'empty') return entry;
  return 0;
}

/** Pages that nothing counts on: empty ones, and those whose header or erasing a power cut has torn. */
function freePages(pages: readonly NvsPage[]): readonly number[] {
  return pages.flatMap(({ state }, index) => (state === 'empty' || state === 'unknown' ? [index] : []));
}

function liveItems({ items }: NvsPage): readonly NvsItem[] {
  return items.filter(({ state }) => state === 'written');
}

function entriesOf(items: readonly NvsItem[]): number {
  return items.reduce((sum, { span }) => sum + span, 0);
}

function word(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, true);
  return new Uint8Array(view.buffer);
}
