// ESP-IDF Programming Guide, "Non-Volatile Storage Library", "Internals"; nvs_constants.h.
import { crc32 } from '@mkiot/core/bytes/crc32';

/** A page is a sector of flash: a header, two bits of state for each entry, and the entries. */
export const NVS_PAGE_BYTES = 4096;
export const NVS_ENTRY_BYTES = 32;
export const NVS_STATES_OFFSET = 32;
export const NVS_ENTRIES_OFFSET = 64;
export const NVS_ENTRIES = 126;
/** "No chunk", and every byte that nothing was written to. */
export const NVS_UNUSED = 0xff;
export const NVS_KEY_BYTES = 16;

export const NVS_PAGE_STATES = {
  empty: 0xffffffff,
  active: 0xfffffffe,
  full: 0xfffffffc,
  freeing: 0xfffffff8,
  corrupt: 0xfffffff0,
} as const;

export type NvsPageState = keyof typeof NVS_PAGE_STATES;

/** Bits are only ever cleared: an entry goes from empty over written to erased. */
export const NVS_ENTRY_STATES = { empty: 0b11, written: 0b10, erased: 0b00, illegal: 0b01 } as const;

export type NvsEntryState = keyof typeof NVS_ENTRY_STATES;

/** Byte 8 of the header of a page. Version 2 stores blobs in chunks. */
export const NVS_VERSION_BYTES = { 1: 0xff, 2: 0xfe } as const;

export type NvsVersion = keyof typeof NVS_VERSION_BYTES;

/** Types of entries, by the names that nvs_tool.py gives them. */
export const NVS_TYPES = {
  uint8_t: { code: 0x01, integerBytes: 1, signed: false },
  int8_t: { code: 0x11, integerBytes: 1, signed: true },
  uint16_t: { code: 0x02, integerBytes: 2, signed: false },
  int16_t: { code: 0x12, integerBytes: 2, signed: true },
  uint32_t: { code: 0x04, integerBytes: 4, signed: false },
  int32_t: { code: 0x14, integerBytes: 4, signed: true },
  uint64_t: { code: 0x08, integerBytes: 8, signed: false },
  int64_t: { code: 0x18, integerBytes: 8, signed: true },
  string: { code: 0x21, integerBytes: 0, signed: false },
  blob: { code: 0x41, integerBytes: 0, signed: false },
  blob_data: { code: 0x42, integerBytes: 0, signed: false },
  blob_index: { code: 0x48, integerBytes: 0, signed: false },
} as const;

export type NvsTypeName = keyof typeof NVS_TYPES;

/** Types whose value lies in the entries that follow. */
export const NVS_LONG_TYPES: ReadonlySet<NvsTypeName> = new Set(['string', 'blob', 'blob_data']);

/** The CRC of ESP-IDF: that of zlib with another start. */
export function nvsCrc(bytes: Uint8Array): number {
  return crc32(bytes, 0xffffffff);
}

/** Entries that a value of `bytes` takes, its header included. */
export function nvsSpan(bytes: number): number {
  return 1 + Math.ceil(bytes / NVS_ENTRY_BYTES);
}
