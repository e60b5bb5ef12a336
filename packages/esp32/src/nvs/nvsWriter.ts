import { concatBytes } from '@mkiot/core/bytes/bytes';
import { buildEntryHeader, type NvsEntryHeader } from './nvsEntryHeader.ts';
import {
  NVS_ENTRIES,
  NVS_ENTRIES_OFFSET,
  NVS_ENTRY_BYTES,
  NVS_PAGE_BYTES,
  NVS_PAGE_STATES,
  NVS_STATES_OFFSET,
  NVS_VERSION_BYTES,
  nvsCrc,
  type NvsVersion,
} from './nvsFormat.ts';

/** Writes entries one after the other onto pages, as a device does it that starts with an erased partition. */
export class NvsWriter {
  readonly #version: NvsVersion;
  readonly #maxPages: number;
  readonly #pages: Uint8Array[] = [];
  #used = 0;

  constructor(version: NvsVersion, maxPages: number) {
    this.#version = version;
    this.#maxPages = maxPages;
    this.turnPage();
  }

  /** Entries that the page has left. */
  get left(): number {
    return NVS_ENTRIES - this.#used;
  }

  /** The pages that were begun. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return concatBytes(...this.#pages);
  }

  /** Begins the next page; says whether there is one. */
  turnPage(): boolean {
    if (this.#pages.length === this.#maxPages) return false;
    const last = this.#pages.at(-1);
    if (last !== undefined) new DataView(last.buffer).setUint32(0, NVS_PAGE_STATES.full, true);
    this.#pages.push(emptyPage(this.#pages.length, this.#version));
    this.#used = 0;
    return true;
  }

  /** An item and its value; both have to fit onto the page. */
  write(header: NvsEntryHeader, value: Uint8Array = new Uint8Array()): void {
    const page = this.#pages.at(-1) as Uint8Array;
    const at = NVS_ENTRIES_OFFSET + this.#used * NVS_ENTRY_BYTES;
    page.set(buildEntryHeader(header), at);
    page.set(value, at + NVS_ENTRY_BYTES);
    for (let entry = this.#used; entry < this.#used + header.span; entry++) {
      const byte = NVS_STATES_OFFSET + (entry >> 2);
      page[byte] = (page[byte] as number) & ~(1 << ((entry & 3) * 2));
    }
    this.#used += header.span;
  }
}

function emptyPage(sequence: number, version: NvsVersion): Uint8Array {
  const page = new Uint8Array(NVS_PAGE_BYTES).fill(0xff);
  const view = new DataView(page.buffer);
  view.setUint32(0, NVS_PAGE_STATES.active, true);
  view.setUint32(4, sequence, true);
  view.setUint8(8, NVS_VERSION_BYTES[version]);
  view.setUint32(28, nvsCrc(page.subarray(4, 28)), true);
  return page;
}
