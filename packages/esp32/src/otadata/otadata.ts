import { crc32 } from '@mkiot/core/bytes/crc32';
import { ByteReader } from '../bytes/byteReader.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { otadataError } from './otadataErrors.ts';

// ESP-IDF, esp_ota_select_entry_t in components/bootloader_support/include/esp_flash_partitions.h, and
// docs/en/api-reference/system/ota.rst, "OTA Data Partition".

/** States of an app that was updated, `esp_ota_img_states_t`. */
export const OTA_STATES = {
  NEW: 0,
  PENDING_VERIFY: 1,
  VALID: 2,
  INVALID: 3,
  ABORTED: 4,
  UNDEFINED: 0xffffffff,
} as const;

export type OtaState = keyof typeof OTA_STATES;

export interface OtaEntry {
  /** Counts updates; the valid entry with the highest is the one that boots. */
  readonly sequence: number;
  /** 20 bytes that ESP-IDF leaves erased. */
  readonly label: Uint8Array;
  /** The value, of which the bootloader also takes those that have no name. */
  readonly state: number;
}

/** One of the two copies: nothing was written yet, what was written is damaged, or there is an entry. */
export type OtaCopy = OtaEntry | 'erased' | 'damaged';

export const OTADATA_SECTOR = 0x1000;
const OTADATA_BYTES = 2 * OTADATA_SECTOR;
const ENTRY_BYTES = 32;
const LABEL_BYTES = 20;
const ERASED_SEQUENCE = 0xffffffff;

/**
 * Reads an otadata partition, decrypted: an entry at the start of each of two sectors. What follows an entry in its sector
 * means nothing; on an encrypted chip it is noise.
 *
 * @throws `OTADATA_LENGTH`, `OTADATA_DAMAGED` where no copy is right
 */
export function parseOtadata(bytes: Uint8Array): readonly [OtaCopy, OtaCopy] {
  if (bytes.length !== OTADATA_BYTES) {
    throw otadataError('OTADATA_LENGTH', { expected: OTADATA_BYTES, found: bytes.length });
  }
  const copies = [parseCopy(bytes, 0), parseCopy(bytes, OTADATA_SECTOR)] as const;
  const isRight = copies.includes('erased') || copies.some((copy) => typeof copy === 'object');
  if (isRight) return copies;
  throw otadataError('OTADATA_DAMAGED', { first: toHexOffset(0), second: toHexOffset(OTADATA_SECTOR) });
}

/** The 0x2000 bytes of an otadata partition; a damaged copy cannot be built. @throws `OTADATA_LABEL` */
export function buildOtadata(copies: readonly [OtaEntry | 'erased', OtaEntry | 'erased']): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(OTADATA_BYTES).fill(0xff);
  for (const [index, copy] of copies.entries()) {
    if (copy !== 'erased') bytes.set(buildEntry(copy), index * OTADATA_SECTOR);
  }
  return bytes;
}

/**
 * The entry that the bootloader goes by: of those whose app was not found bad the one with the highest sequence number.
 * Undefined: the factory app boots, or the first slot where there is none.
 */
export function activeEntry(copies: readonly OtaCopy[]): OtaEntry | undefined {
  const entries = copies.filter((copy) => typeof copy === 'object');
  const bootable = entries.filter(({ state }) => state !== OTA_STATES.INVALID && state !== OTA_STATES.ABORTED);
  return bootable.toSorted((one, other) => other.sequence - one.sequence)[0];
}

/** Number n of the partition ota_n that `entry` names, where there are `slots` of them. */
export function slotOf({ sequence }: OtaEntry, slots: number): number {
  return ((sequence - 1) >>> 0) % slots;
}

/** The name of a state, where it has one. */
export function otaStateName(state: number): OtaState | undefined {
  return (Object.keys(OTA_STATES) as OtaState[]).find((name) => OTA_STATES[name] === state);
}

function parseCopy(bytes: Uint8Array, at: number): OtaCopy {
  const sequenceBytes = bytes.subarray(at, at + 4);
  const reader = new ByteReader(bytes.subarray(at, at + ENTRY_BYTES), 'OTA data entry', at);
  const sequence = reader.uint32('sequence number');
  const label = reader.bytes(LABEL_BYTES, 'label');
  const state = reader.uint32('state');
  const crc = reader.uint32('CRC');
  reader.finish();
  if (sequence === ERASED_SEQUENCE) return crc === 0xffffffff ? 'erased' : 'damaged';
  return crc === crcOf(sequenceBytes) ? { sequence, label: label.slice(), state } : 'damaged';
}

function buildEntry({ sequence, label, state }: OtaEntry): Uint8Array {
  if (label.length !== LABEL_BYTES) {
    throw otadataError('OTADATA_LABEL', { found: label.length, expected: LABEL_BYTES });
  }
  const entry = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(entry.buffer);
  view.setUint32(0, sequence, true);
  entry.set(label, 4);
  view.setUint32(4 + LABEL_BYTES, state, true);
  view.setUint32(8 + LABEL_BYTES, crcOf(entry.subarray(0, 4)), true);
  return entry;
}

/** Only the sequence number is covered, so that the state can change in place. */
function crcOf(sequence: Uint8Array): number {
  return crc32(sequence, 0xffffffff);
}
