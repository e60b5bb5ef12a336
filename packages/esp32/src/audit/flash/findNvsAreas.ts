import { equalBytes } from '@mkiot/core/bytes/bytes';
import { portableAes } from '../../aes/portableAes.ts';
import { recogniseContent } from '../../content/recogniseContent.ts';
import { decryptNvs } from '../../nvs/nvsCipher.ts';
import { nvsCrc } from '../../nvs/nvsFormat.ts';
import { type NvsKeys, deviceKeyPattern, parseNvsKeys, universalNvsKeys } from '../../nvs/nvsKeys.ts';
import { nvsRecords } from '../../nvs/nvsRecords.ts';
import { type NvsPage, parseNvs } from '../../nvs/parseNvs.ts';
import { PARTITION_SUBTYPES, PARTITION_TYPES } from '../../partitionTable/partition.ts';
import type { FlashRegion } from './flashDump.ts';
import type { NvsAccess, NvsArea } from './nvsArea.ts';
import { SECTOR_BYTES } from './sectorTexture.ts';

/** A partition, or pages that follow each other where there is none. */
interface Place {
  readonly region: string;
  readonly offset: number;
  readonly size: number;
}

/** Keys to try, and what it means when they fit. */
interface KeyTry {
  readonly access: NvsAccess;
  readonly keys: NvsKeys;
}

/** The NVS in a dump, opened where that takes nothing but the dump. */
export function findNvsAreas(bytes: Uint8Array, regions: readonly FlashRegion[]): readonly NvsArea[] {
  const places = regions.flatMap((region) => (isNvs(region) ? [placeOf(region)] : pageRuns(bytes, region)));
  if (places.length === 0) return [];
  const universal = (['before-v4.3', 'from-v4.3'] as const).map((espIdf) => universalNvsKeys(espIdf));
  const tries: readonly KeyTry[] = [
    ...universal.map((keys) => ({ access: 'universal-keys', keys }) as const),
    ...nvsKeysInClear(bytes).map(({ keys }) => ({ access: 'keys-in-flash', keys }) as const),
  ];
  return places.flatMap((place) => readArea(bytes, place, tries) ?? []);
}

/** A sector that holds NVS keys and their CRC in clear. */
export interface NvsKeySector {
  readonly offset: number;
  readonly keys: NvsKeys;
  /** They are the pattern that everybody has. */
  readonly isUniversal: boolean;
}

/** All such sectors, whatever partition they are in. */
export function nvsKeysInClear(bytes: Uint8Array): readonly NvsKeySector[] {
  const found: NvsKeySector[] = [];
  for (let offset = 0; offset + SECTOR_BYTES <= bytes.length; offset += SECTOR_BYTES) {
    const sector = bytes.subarray(offset, offset + SECTOR_BYTES);
    const pair = sector.subarray(0, KEY_PAIR_BYTES);
    const crc = new DataView(sector.buffer, sector.byteOffset).getUint32(KEY_PAIR_BYTES, true);
    if (crc !== nvsCrc(pair)) continue;
    found.push({
      offset,
      isUniversal: UNIVERSAL.some((pattern) => equalBytes(pair, pattern)),
      keys: parseNvsKeys(sector),
    });
  }
  return found;
}

const KEY_PAIR_BYTES = 64;
/** Two keys and their CRC. */
export const NVS_KEYS_BYTES = 68;
const UNIVERSAL = [deviceKeyPattern('before-v4.3'), deviceKeyPattern('from-v4.3')] as const;

function readArea(bytes: Uint8Array, place: Place, tries: readonly KeyTry[]): NvsArea | undefined {
  const raw = bytes.subarray(place.offset, place.offset + place.size);
  const pages = pagesOf(raw);
  if (pages === undefined) return undefined;
  const isSealed = pages.some(({ leftovers }) => leftovers.length > 0) && !hasItems(pages);
  if (!isSealed) return { ...place, access: 'clear', pages, records: nvsRecords(pages) };
  for (const { access, keys } of tries) {
    const opened = pagesOf(decryptNvs(raw, keys, portableAes));
    if (opened !== undefined && hasItems(opened))
      return { ...place, access, pages: opened, records: nvsRecords(opened) };
  }
  return { ...place, access: 'sealed', pages, records: [] };
}

function hasItems(pages: readonly NvsPage[]): boolean {
  return pages.some(({ items }) => items.length > 0);
}

function pagesOf(partition: Uint8Array): readonly NvsPage[] | undefined {
  try {
    return parseNvs(partition);
  } catch {
    // A partition of that type that holds something else, such as ciphertext or garbage.
    return undefined;
  }
}

function isNvs({ partition, size }: FlashRegion): boolean {
  const isType =
    partition?.type === PARTITION_TYPES.data && partition.subtype === PARTITION_SUBTYPES[partition.type]?.['nvs'];
  return isType && size % SECTOR_BYTES === 0;
}

function placeOf({ name, offset, size }: FlashRegion): Place {
  return { region: name, offset, size };
}

/** Sectors in a row that are pages of NVS, in a region that is not said to be one. */
function pageRuns(bytes: Uint8Array, region: FlashRegion): readonly Place[] {
  const runs: Place[] = [];
  const end = region.offset + region.size;
  for (let offset = region.offset; offset + SECTOR_BYTES <= end; offset += SECTOR_BYTES) {
    const isPage = recogniseContent(bytes.subarray(offset, offset + SECTOR_BYTES)) === 'nvs';
    const last = runs.at(-1);
    if (!isPage) continue;
    if (last !== undefined && last.offset + last.size === offset) {
      runs[runs.length - 1] = { ...last, size: last.size + SECTOR_BYTES };
    } else runs.push({ region: region.name, offset, size: SECTOR_BYTES });
  }
  return runs;
}
