import { type ContentKind, recogniseContent } from '../../content/recogniseContent.ts';
import { PARTITION_SUBTYPES, PARTITION_TYPES, type Partition } from '../../partitionTable/partition.ts';
import { EEPROM_SUBTYPE, KNOWN_LAYOUTS, type KnownLayout } from './knownLayouts.ts';
import { SECTOR_BYTES, type SectorTexture } from './sectorTexture.ts';

/** Less evidence than this is chance: any flash has something at 0x10000. */
const LEAST_EVIDENCE = 2;

/**
 * The well-known layout that a dump with an unreadable partition table most likely has: the one of which the most partitions
 * begin where something begins and hold what they are for, and that is contradicted least. Undefined where none is likely.
 */
export function fitKnownLayout(bytes: Uint8Array, textures: readonly SectorTexture[]): KnownLayout | undefined {
  let best: { readonly layout: KnownLayout; readonly evidence: number } | undefined;
  for (const layout of KNOWN_LAYOUTS) {
    const evidence = evidenceFor(layout, bytes, textures);
    if (evidence >= LEAST_EVIDENCE && evidence > (best?.evidence ?? 0)) best = { layout, evidence };
  }
  return best?.layout;
}

function evidenceFor({ partitions }: KnownLayout, bytes: Uint8Array, textures: readonly SectorTexture[]): number {
  let evidence = 0;
  let end = 0x10000;
  for (const partition of partitions) {
    end = partition.offset + partition.size;
    if (end > bytes.length) return -1;
    evidence += evidenceOf(partition, bytes, textures);
  }
  const isWrittenBehind = textures.slice(end / SECTOR_BYTES).some((texture) => texture !== 'erased');
  return isWrittenBehind ? evidence - 1 : evidence;
}

const { nvs, coredump, spiffs } = PARTITION_SUBTYPES[PARTITION_TYPES.data] ?? {};
/** What partitions of data are seen to hold, by subtype, in clear. */
const HELD: ReadonlyMap<number | undefined, readonly ContentKind[]> = new Map([
  [nvs, ['nvs']],
  [coredump, ['core-dump']],
  [spiffs, ['spiffs', 'littlefs', 'fat']],
]);

function evidenceOf(
  { type, subtype, offset, size }: Partition,
  bytes: Uint8Array,
  textures: readonly SectorTexture[],
): number {
  const own = textures.slice(offset / SECTOR_BYTES, (offset + size) / SECTOR_BYTES);
  if (own.every((texture) => texture === 'erased')) return 0;
  const beginsHere = own[0] !== 'erased';
  if (type === PARTITION_TYPES.app) return beginsHere ? 1 : -1;
  if (subtype === EEPROM_SUBTYPE) return 1;
  const held = HELD.get(subtype);
  if (held === undefined) return 0;
  const found = recogniseContent(bytes.subarray(offset, offset + size));
  return found !== undefined && held.includes(found) ? 1 : -1;
}
