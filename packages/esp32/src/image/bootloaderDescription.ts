import { concatBytes } from '@mkiot/core/bytes/bytes';
import { ByteReader } from '../bytes/byteReader.ts';
import { buildDescriptionText, exactly, readDescriptionText } from './descriptionText.ts';

/** What a bootloader of ESP-IDF v5.2 and later says of itself, at the start of its first segment: esp_bootloader_desc_t. */
export interface BootloaderDescription {
  /** Of the bootloader's own anti-rollback; 0 where ESP-IDF does not know it yet. */
  readonly secureVersion: number;
  readonly version: number;
  readonly idfVersion: string;
  /** When it was compiled. */
  readonly dateTime: string;
  /** Two and 16 bytes that have no meaning yet. */
  readonly reserved: readonly [Uint8Array, Uint8Array];
}

export const BOOTLOADER_DESCRIPTION_MAGIC = 0x50;
const BOOTLOADER_DESCRIPTION_BYTES = 80;

/**
 * Reads the description at the start of `segment`.
 *
 * @param offset of the segment's data in the file, for errors
 * @returns undefined where there is none
 * @throws `DESCRIPTION_TEXT`
 */
export function parseBootloaderDescription(segment: Uint8Array, offset: number): BootloaderDescription | undefined {
  if (segment.length < BOOTLOADER_DESCRIPTION_BYTES) return undefined;
  const bytes = segment.subarray(0, BOOTLOADER_DESCRIPTION_BYTES);
  const reader = new ByteReader(bytes, 'bootloader description', offset);
  if (reader.uint8('magic') !== BOOTLOADER_DESCRIPTION_MAGIC) return undefined;
  const reserved = reader.bytes(2, 'reserved bytes');
  const description = {
    secureVersion: reader.uint8('secure version'),
    version: reader.uint32('version'),
    idfVersion: readDescriptionText(reader, 32, 'version of ESP-IDF'),
    dateTime: readDescriptionText(reader, 24, 'date and time'),
  };
  return { ...description, reserved: [reserved, reader.bytes(16, 'reserved bytes')] };
}

/** The 80 bytes of a description. @throws `DESCRIPTION_FIELD` */
export function buildBootloaderDescription(description: BootloaderDescription): Uint8Array<ArrayBuffer> {
  const { secureVersion, version, idfVersion, dateTime, reserved } = description;
  const versionBytes = new DataView(new ArrayBuffer(4));
  versionBytes.setUint32(0, version, true);
  return concatBytes(
    Uint8Array.of(BOOTLOADER_DESCRIPTION_MAGIC),
    exactly(reserved[0], 2, 'reserved bytes'),
    Uint8Array.of(secureVersion),
    new Uint8Array(versionBytes.buffer),
    buildDescriptionText(idfVersion, 32, 'version of ESP-IDF'),
    buildDescriptionText(dateTime, 24, 'date and time'),
    exactly(reserved[1], 16, 'reserved bytes'),
  );
}
