import type { Aes } from '../aes/aes.ts';
import type { Chip } from '../chips/chip.ts';
import { esp32FlashCipher, FLASH_CRYPT_CONFIG_ALL } from '../flashEncryption/esp32FlashCipher.ts';
import { FLASH_BLOCK_BYTES } from '../flashEncryption/flashCipher.ts';
import { xtsFlashCipher } from '../flashEncryption/xtsFlashCipher.ts';
import { DEFAULT_PARTITION_TABLE_OFFSET, type Partition } from '../partitionTable/partition.ts';
import { parsePartitionTable } from '../partitionTable/parsePartitionTable.ts';
import { signImage } from '../secureBoot/signImage.ts';
import type { SecureBootSigner } from '../secureBoot/signer.ts';
import type { FlashPiece } from '../serial/writeFlash.ts';
import { stationError } from './stationErrors.ts';

/** A part of the firmware for its place in flash. */
export interface FirmwarePart {
  /** As the user knows it: the name of its file. */
  readonly name: string;
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const APP_TYPE = 0;
const OTADATA = { type: 1, subtype: 0 } as const;

/** Refuses parts that overlap or do not fit. @throws `FIRMWARE_OVERLAPS`, `UNIT_FLASH_SMALL` */
export function checkParts(parts: readonly FirmwarePart[], flashBytes: number): void {
  const ordered = parts.toSorted((one, other) => one.offset - other.offset);
  for (const [index, part] of ordered.entries()) {
    const end = part.offset + part.bytes.length;
    const next = ordered[index + 1];
    if (next !== undefined && end > next.offset) {
      throw stationError('FIRMWARE_OVERLAPS', { part: part.name, other: next.name });
    }
    if (end > flashBytes) throw stationError('UNIT_FLASH_SMALL', { part: part.name, bytes: flashBytes });
  }
}

/** Signs bootloader and apps; signing comes before encrypting. Throws as `signImage`. */
export function signParts(
  parts: readonly FirmwarePart[],
  chip: Chip,
  signer: SecureBootSigner,
): Promise<readonly FirmwarePart[]> {
  const partitions = partitionsOf(parts);
  return Promise.all(
    parts.map(async (part) => {
      const isApp = partitions.some(({ type, offset }) => type === APP_TYPE && offset === part.offset);
      if (!isApp && part.offset !== chip.bootloaderOffset) return part;
      return { ...part, bytes: Uint8Array.from(await signImage(part.bytes, [signer], false)) };
    }),
  );
}

/**
 * What has to lie in flash for a chip that encrypts with `key`: bootloader, table, apps, otadata and what the table marks are
 * encrypted for their places, as ESP-IDF's bootloader does it at the first boot; all else is as it was.
 */
export async function encryptParts(
  parts: readonly FirmwarePart[],
  chip: Chip,
  key: Uint8Array<ArrayBuffer>,
  aes: Aes,
): Promise<readonly FlashPiece[]> {
  const isTweaked = chip.flashEncryption.algorithm === 'tweaked-key';
  const cipher = isTweaked ? esp32FlashCipher(key, FLASH_CRYPT_CONFIG_ALL) : await xtsFlashCipher(key, aes);
  const partitions = partitionsOf(parts);
  return parts.map(({ offset, bytes }) => {
    if (!isEncrypted(offset, chip, partitions)) return { address: offset, bytes };
    const data = new Uint8Array(Math.ceil(bytes.length / FLASH_BLOCK_BYTES) * FLASH_BLOCK_BYTES).fill(0xff);
    data.set(bytes);
    cipher.encrypt(offset, data);
    return { address: offset, bytes: data };
  });
}

function isEncrypted(address: number, chip: Chip, partitions: readonly Partition[]): boolean {
  if (address === chip.bootloaderOffset || address === DEFAULT_PARTITION_TABLE_OFFSET) return true;
  const place = partitions.find(({ offset, size }) => address >= offset && address < offset + size);
  if (place === undefined) return false;
  const isOtadata = place.type === OTADATA.type && place.subtype === OTADATA.subtype;
  return place.type === APP_TYPE || isOtadata || place.encrypted;
}

function partitionsOf(parts: readonly FirmwarePart[]): readonly Partition[] {
  const table = parts.find(({ offset }) => offset === DEFAULT_PARTITION_TABLE_OFFSET);
  return table === undefined ? [] : parsePartitionTable(table.bytes).partitions;
}
