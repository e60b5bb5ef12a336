import type { Aes } from '../aes/aes.ts';
import type { Chip } from '../chips/chip.ts';
import { esp32FlashCipher, FLASH_CRYPT_CONFIG_ALL } from '../flashEncryption/esp32FlashCipher.ts';
import { FLASH_BLOCK_BYTES, type FlashCipher } from '../flashEncryption/flashCipher.ts';
import { xtsFlashCipher } from '../flashEncryption/xtsFlashCipher.ts';
import { isAlwaysEncrypted, PARTITION_TYPES } from '../partitionTable/partition.ts';
import { signImage } from '../secureBoot/signImage.ts';
import type { SecureBootSigner } from '../secureBoot/signer.ts';
import type { FlashPiece } from '../serial/writeFlash.ts';
import { partitionAt, type PlacedTable, placedTable } from './firmware/placedTable.ts';
import { stationError } from './stationErrors.ts';

/** A part of the firmware for its place in flash. */
export interface FirmwarePart {
  /** As the user knows it: the name of its file. */
  readonly name: string;
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

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

/**
 * Signs bootloader and apps; signing comes before encrypting.
 *
 * @throws `FIRMWARE_TABLE_MISSING`, and as `signImage`
 */
export async function signParts(
  parts: readonly FirmwarePart[],
  chip: Chip,
  signer: SecureBootSigner,
): Promise<readonly FirmwarePart[]> {
  const { partitions } = tableOf(parts);
  return Promise.all(
    parts.map(async (part) => {
      const isApp = partitions.some(({ type, offset }) => type === PARTITION_TYPES.app && offset === part.offset);
      if (!isApp && part.offset !== chip.bootloaderOffset) return part;
      return { ...part, bytes: Uint8Array.from(await signImage(part.bytes, [signer], false)) };
    }),
  );
}

/**
 * What has to lie in flash for a chip that encrypts: bootloader, table, apps, otadata, NVS keys and what the table
 * marks are encrypted for their places, as ESP-IDF's bootloader does it at the first boot; all else is as it was.
 *
 * @throws `FIRMWARE_TABLE_MISSING`
 */
export function encryptParts(parts: readonly FirmwarePart[], chip: Chip, cipher: FlashCipher): readonly FlashPiece[] {
  const table = tableOf(parts);
  return parts.map(({ offset, bytes }) => {
    if (!isEncrypted(offset, chip, table)) return { address: offset, bytes };
    const data = new Uint8Array(Math.ceil(bytes.length / FLASH_BLOCK_BYTES) * FLASH_BLOCK_BYTES).fill(0xff);
    data.set(bytes);
    cipher.encrypt(offset, data);
    return { address: offset, bytes: data };
  });
}

/** The cipher of a chip on which a plan was carried out, with all of its key tweaked. */
export function unitCipher(chip: Chip, key: Uint8Array<ArrayBuffer>, aes: Aes): Promise<FlashCipher> {
  if (chip.flashEncryption.algorithm !== 'tweaked-key') return xtsFlashCipher(key, aes);
  return Promise.resolve(esp32FlashCipher(key, FLASH_CRYPT_CONFIG_ALL));
}

function isEncrypted(address: number, chip: Chip, { offset: tableOffset, partitions }: PlacedTable): boolean {
  if (address === chip.bootloaderOffset || address === tableOffset) return true;
  const place = partitionAt(address, partitions);
  return place !== undefined && isAlwaysEncrypted(place);
}

/** @throws `FIRMWARE_TABLE_MISSING` */
export function tableOf(parts: readonly FirmwarePart[]): PlacedTable {
  const table = placedTable(parts);
  if (table === undefined) throw stationError('FIRMWARE_TABLE_MISSING');
  return table;
}
