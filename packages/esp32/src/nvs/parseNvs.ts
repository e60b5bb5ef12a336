import { isErased } from '../bytes/isErased.ts';
import { ByteReader } from '../bytes/byteReader.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { type NvsEntryHeader, parseEntryHeader } from './nvsEntryHeader.ts';
import { nvsError } from './nvsErrors.ts';
import {
  NVS_ENTRIES,
  NVS_ENTRIES_OFFSET,
  NVS_ENTRY_BYTES,
  NVS_ENTRY_STATES,
  NVS_PAGE_BYTES,
  NVS_PAGE_STATES,
  NVS_STATES_OFFSET,
  type NvsEntryState,
  type NvsPageState,
  NVS_VERSION_BYTES,
  nvsCrc,
  type NvsVersion,
} from './nvsFormat.ts';

export interface NvsPage {
  /** In the partition. */
  readonly offset: number;
  /** `unknown`: its bits are of no state, or the CRC of the header is wrong. */
  readonly state: NvsPageState | 'unknown';
  /** Later pages have higher ones: of two values the one on the later page counts. */
  readonly sequence: number;
  readonly version: NvsVersion | undefined;
  readonly items: readonly NvsItem[];
  readonly leftovers: readonly NvsLeftover[];
}

/** An entry whose CRC is right, with those that belong to it. */
export interface NvsItem extends NvsEntryHeader {
  readonly offset: number;
  /** Of its page. */
  readonly sequence: number;
  /** `empty`: it was written, but the power was cut before that was marked. */
  readonly state: NvsEntryState;
  /** The bytes of the entries that follow it. */
  readonly payload: Uint8Array;
}

/** Bytes in entries that are used, or were, and belong to no readable item. */
export interface NvsLeftover {
  readonly offset: number;
  /** `written`: an item was here, which is damaged, or encrypted. */
  readonly state: NvsEntryState;
  readonly bytes: Uint8Array;
}

/**
 * Reads an NVS partition, plain or decrypted: every entry that can be read, whether it is still in use or not. Erasing clears
 * two bits of an entry and leaves its bytes until the page is erased.
 *
 * @throws `NVS_LENGTH`, `NVS_UNKNOWN`
 */
export function parseNvs(partition: Uint8Array): readonly NvsPage[] {
  const pages = parseNvsPages(partition);
  const used = pages.findIndex((_, index) => !isErased(pageAt(partition, index)));
  if (used === -1 || pages.some(({ version }) => version !== undefined)) return pages;
  throw nvsError('NVS_UNKNOWN', { offset: toHexOffset(used * NVS_PAGE_BYTES) });
}

/** As {@link parseNvs}, whatever is there: of a partition of which no page has a right header. @throws `NVS_LENGTH` */
export function parseNvsPages(partition: Uint8Array): readonly NvsPage[] {
  return nvsPages(partition).map((page, index) => parsePage(page, index * NVS_PAGE_BYTES));
}

/** The pages of a partition, as views. @throws `NVS_LENGTH` */
export function nvsPages(partition: Uint8Array): readonly Uint8Array[] {
  const { length } = partition;
  if (length === 0 || length % NVS_PAGE_BYTES !== 0) throw nvsError('NVS_LENGTH', { bytes: length });
  return Array.from({ length: length / NVS_PAGE_BYTES }, (_, index) => pageAt(partition, index));
}

/** State of an entry in the bitmap of its page. */
export function entryState(page: Uint8Array, index: number): NvsEntryState {
  const bits = ((page[NVS_STATES_OFFSET + (index >> 2)] as number) >> ((index & 3) * 2)) & 3;
  return ENTRY_STATE_NAMES[bits] as NvsEntryState;
}

/** Entry states by their two bits. */
const ENTRY_STATE_NAMES: readonly NvsEntryState[] = [0, 1, 2, 3].flatMap(
  (bits) => nameOf(NVS_ENTRY_STATES, bits) ?? [],
);

function nameOf<Name extends string>(values: Readonly<Record<Name, number>>, value: number): Name | undefined {
  return (Object.keys(values) as Name[]).find((name) => values[name] === value);
}

function pageAt(partition: Uint8Array, index: number): Uint8Array {
  return partition.subarray(index * NVS_PAGE_BYTES, (index + 1) * NVS_PAGE_BYTES);
}

function parsePage(page: Uint8Array, offset: number): NvsPage {
  if (isErased(page)) return { offset, ...EMPTY_PAGE };
  const header = parsePageHeader(page.subarray(0, NVS_STATES_OFFSET), offset);
  return { offset, ...header, ...parseEntries(page, offset, header.sequence) };
}

const EMPTY_HEADER = { state: 'empty', sequence: 0, version: undefined } as const;
const EMPTY_PAGE = { ...EMPTY_HEADER, items: [], leftovers: [] };

function parsePageHeader(bytes: Uint8Array, offset: number): Pick<NvsPage, 'state' | 'sequence' | 'version'> {
  if (isErased(bytes)) return EMPTY_HEADER;
  const reader = new ByteReader(bytes, 'page header', offset);
  const state = nameOf(NVS_PAGE_STATES, reader.uint32('state'));
  const sequence = reader.uint32('sequence number');
  const versionByte = reader.uint8('version');
  const version = ([1, 2] as const).find((version) => NVS_VERSION_BYTES[version] === versionByte);
  reader.bytes(19, 'unused bytes');
  const isRight = reader.uint32('CRC') === nvsCrc(bytes.subarray(4, 28));
  return isRight && state !== undefined
    ? { state, sequence, version }
    : { state: 'unknown', sequence, version: undefined };
}

function parseEntries(page: Uint8Array, pageOffset: number, sequence: number): Pick<NvsPage, 'items' | 'leftovers'> {
  const items: NvsItem[] = [];
  const leftovers: NvsLeftover[] = [];
  for (let index = 0; index < NVS_ENTRIES;) {
    const state = entryState(page, index);
    const at = NVS_ENTRIES_OFFSET + index * NVS_ENTRY_BYTES;
    const bytes = page.subarray(at, at + NVS_ENTRY_BYTES);
    const header = parseEntryHeader(bytes);
    const isInside = header !== undefined && header.span > 0 && index + header.span <= NVS_ENTRIES;
    // Where the power went while an item was written, others may have been written over the rest of its span.
    const isItem = isInside && (state !== 'empty' || isUnmarked(page, index, header.span));
    if (isItem) {
      const payload = page.subarray(at + NVS_ENTRY_BYTES, at + header.span * NVS_ENTRY_BYTES);
      items.push({ ...header, offset: pageOffset + at, sequence, state, payload });
    } else if (state === 'written' || !isBlank(bytes)) leftovers.push({ offset: pageOffset + at, state, bytes });
    index += isItem ? header.span : 1;
  }
  return { items, leftovers };
}

function isUnmarked(page: Uint8Array, first: number, count: number): boolean {
  for (let index = first; index < first + count; index++) if (entryState(page, index) !== 'empty') return false;
  return true;
}

/** Erased by flash, or overwritten with zeros as `nvs_purge` does it. */
function isBlank(bytes: Uint8Array): boolean {
  return isErased(bytes) || bytes.every((byte) => byte === 0);
}
