import { concatBytes } from '@mkiot/core/bytes/bytes';
import { ByteReader } from '../bytes/byteReader.ts';
import { buildDescriptionText, exactly, readDescriptionText } from './descriptionText.ts';

/** What an app says of itself: esp_app_desc_t of ESP-IDF, at the start of its first segment. */
export interface AppDescription {
  /** Of anti-rollback: the eFuse SECURE_VERSION may not be higher. */
  readonly secureVersion: number;
  readonly version: string;
  readonly projectName: string;
  /** When it was compiled, as the compiler writes it: `12:34:56` and `Nov  2 2025`. */
  readonly time: string;
  readonly date: string;
  readonly idfVersion: string;
  readonly elfSha256: Uint8Array;
  /** Revisions of the eFuse block that it takes, 100 · major + minor. */
  readonly minEfuseBlockRevision: number;
  readonly maxEfuseBlockRevision: number;
  /** Logarithm to base 2 of the MMU page in bytes; 0 in apps of ESP-IDF before v5.0. */
  readonly mmuPageSize: number;
  /** Eight, three and 72 bytes that have no meaning yet. */
  readonly reserved: readonly [Uint8Array, Uint8Array, Uint8Array];
}

export const APP_DESCRIPTION_MAGIC = 0xabcd5432;
export const APP_DESCRIPTION_BYTES = 256;

/**
 * Reads the description at the start of `segment`.
 *
 * @param offset of the segment's data in the file, for errors
 * @returns undefined where there is none: it begins with another magic, or is cut
 * @throws `DESCRIPTION_TEXT`
 */
export function parseAppDescription(segment: Uint8Array, offset: number): AppDescription | undefined {
  if (segment.length < APP_DESCRIPTION_BYTES) return undefined;
  const reader = new ByteReader(segment.subarray(0, APP_DESCRIPTION_BYTES), 'app description', offset);
  if (reader.uint32('magic') !== APP_DESCRIPTION_MAGIC) return undefined;
  const secureVersion = reader.uint32('secure version');
  const firstReserved = reader.bytes(8, 'reserved bytes');
  const description = {
    secureVersion,
    version: readDescriptionText(reader, 32, 'version'),
    projectName: readDescriptionText(reader, 32, 'project name'),
    time: readDescriptionText(reader, 16, 'time'),
    date: readDescriptionText(reader, 16, 'date'),
    idfVersion: readDescriptionText(reader, 32, 'version of ESP-IDF'),
    elfSha256: reader.bytes(32, 'SHA-256 of the ELF file'),
    minEfuseBlockRevision: reader.uint16('minimal eFuse block revision'),
    maxEfuseBlockRevision: reader.uint16('maximal eFuse block revision'),
    mmuPageSize: reader.uint8('MMU page size'),
  };
  const secondReserved = reader.bytes(3, 'reserved bytes');
  return { ...description, reserved: [firstReserved, secondReserved, reader.bytes(72, 'reserved bytes')] };
}

/** The 256 bytes of a description. @throws `DESCRIPTION_FIELD` */
export function buildAppDescription(description: AppDescription): Uint8Array<ArrayBuffer> {
  const { version, projectName, time, date, idfVersion, elfSha256, reserved } = description;
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, APP_DESCRIPTION_MAGIC, true);
  head.setUint32(4, description.secureVersion, true);
  const revisions = new DataView(new ArrayBuffer(5));
  revisions.setUint16(0, description.minEfuseBlockRevision, true);
  revisions.setUint16(2, description.maxEfuseBlockRevision, true);
  revisions.setUint8(4, description.mmuPageSize);
  return concatBytes(
    new Uint8Array(head.buffer),
    exactly(reserved[0], 8, 'reserved bytes'),
    buildDescriptionText(version, 32, 'version'),
    buildDescriptionText(projectName, 32, 'project name'),
    buildDescriptionText(time, 16, 'time'),
    buildDescriptionText(date, 16, 'date'),
    buildDescriptionText(idfVersion, 32, 'version of ESP-IDF'),
    exactly(elfSha256, 32, 'SHA-256 of the ELF file'),
    new Uint8Array(revisions.buffer),
    exactly(reserved[1], 3, 'reserved bytes'),
    exactly(reserved[2], 72, 'reserved bytes'),
  );
}
