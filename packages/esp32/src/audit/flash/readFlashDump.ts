import type { Chip } from '../../chips/chip.ts';
import { CHIPS } from '../../chips/chips.ts';
import type { FlashCipher } from '../../flashEncryption/flashCipher.ts';
import { IMAGE_MAGIC } from '../../image/image.ts';
import { DEFAULT_PARTITION_TABLE_OFFSET, type Partition } from '../../partitionTable/partition.ts';
import { findSecrets } from '../secrets/findSecrets.ts';
import { clearBytes } from './clearContent.ts';
import { decryptRegion, makesSense } from './decryptFlash.ts';
import { findNvsAreas } from './findNvsAreas.ts';
import { findPartitionTable } from './findPartitionTable.ts';
import { fitKnownLayout } from './fitKnownLayout.ts';
import type { FlashDump, FlashRegion } from './flashDump.ts';
import { flashDumpError } from './flashDumpErrors.ts';
import { type FlashOutline, outlineFlash } from './outlineFlash.ts';
import type { SectorKind } from './sectorKind.ts';
import { SECTOR_BYTES, sectorKind, sectorTextures, type SectorTexture } from './sectorTexture.ts';

/** What is known about the device that a dump is of. */
export interface FlashDumpOptions {
  readonly chip?: Chip | undefined;
  /** Of its flash encryption key, where the user has that. */
  readonly cipher?: FlashCipher | undefined;
  /** From a partition table beside the dump: taken where the one in the dump cannot be read. */
  readonly partitions?: readonly Partition[] | undefined;
  /** The bytes are `partitions` one behind the other, and nothing else of a flash. */
  readonly isPartitionsAlone?: boolean | undefined;
}

/**
 * Reads what is in a dump of the whole flash: where what is, which of its sectors are encrypted, and what is in clear. Any
 * bytes are a dump.
 *
 * @param bytes from flash address 0 on
 * @throws `FLASH_DUMP_EMPTY`
 */
export function readFlashDump(bytes: Uint8Array<ArrayBuffer>, options: FlashDumpOptions = {}): FlashDump {
  if (bytes.length === 0) throw flashDumpError('FLASH_DUMP_EMPTY');
  const textures = sectorTextures(bytes);
  const { isPartitionsAlone = false } = options;
  const partitionTable = isPartitionsAlone ? undefined : findPartitionTable(bytes, options.cipher);
  const told = partitionTable?.table.partitions ?? options.partitions;
  const assumed = told === undefined ? fitKnownLayout(bytes, textures) : undefined;
  const isPlaced = !isPartitionsAlone && (told !== undefined || assumed !== undefined);
  const outline = outlineFlash({
    flashBytes: bytes.length,
    bootloaderOffset: options.chip?.bootloaderOffset ?? guessBootloaderOffset(bytes, textures),
    tableOffset:
      partitionTable?.offset ?? assumed?.tableOffset ?? (isPlaced ? DEFAULT_PARTITION_TABLE_OFFSET : undefined),
    partitions: told ?? assumed?.partitions ?? [],
  });
  const read = outline.map((place) => readRegion(bytes, place, textures, options.cipher));
  const keyFits = read.some(({ region }) => region.isDecrypted && makesSense(region.readable));
  const regions = read.map(({ region, raw }) => (keyFits ? region : { ...region, readable: raw, isDecrypted: false }));
  const nvs = findNvsAreas(bytes, regions);
  return {
    bytes,
    ...(partitionTable && { partitionTable }),
    ...(assumed && { assumedLayout: assumed.name }),
    ...(options.cipher && { keyFits }),
    regions,
    sectors: sectorsOf(read, textures.length),
    nvs,
    secrets: findSecrets({ bytes, regions, nvs }),
  };
}

/** A region as it looks, and its sectors. */
interface ReadRegion {
  readonly region: FlashRegion;
  readonly raw: Uint8Array;
  readonly kinds: readonly SectorKind[];
}

function readRegion(
  dump: Uint8Array<ArrayBuffer>,
  place: FlashOutline,
  textures: readonly SectorTexture[],
  cipher: FlashCipher | undefined,
): ReadRegion {
  const { name, offset, size, partition, isMeantToBeEncrypted } = place;
  const raw = dump.subarray(offset, offset + size);
  const own = textures.slice(Math.floor(offset / SECTOR_BYTES), Math.ceil((offset + size) / SECTOR_BYTES));
  const clearSectors = Math.ceil(clearBytes(raw) / SECTOR_BYTES);
  const kinds = own.map((texture, index) =>
    texture !== 'erased' && index < clearSectors ? 'plain' : sectorKind(texture, isMeantToBeEncrypted),
  );
  const decrypted = cipher && decryptRegion(dump, place, kinds, cipher);
  const seen = { readable: decrypted ?? raw, isDecrypted: decrypted !== undefined };
  const region = { name, offset, size, ...(partition && { partition }), content: contentOf(kinds), ...seen };
  return { region, raw, kinds };
}

function contentOf(kinds: readonly SectorKind[]): FlashRegion['content'] {
  const written = new Set(kinds.filter((kind) => kind !== 'erased'));
  const [first = 'erased'] = written;
  return written.size > 1 ? 'mixed' : first;
}

/** Regions begin and end at sectors, but for tables that are damaged; then the later one counts. */
function sectorsOf(regions: readonly ReadRegion[], count: number): readonly SectorKind[] {
  const sectors = Array.from({ length: count }, (): SectorKind => 'erased');
  for (const { region, kinds } of regions) {
    const first = Math.floor(region.offset / SECTOR_BYTES);
    for (const [index, kind] of kinds.entries()) sectors[first + index] = kind;
  }
  return sectors;
}

/** The chips differ in where the bootloader begins; before it flash is erased, but for the digest of secure boot v1. */
function guessBootloaderOffset(bytes: Uint8Array, textures: readonly SectorTexture[]): number {
  const offsets = [...new Set(Object.values(CHIPS).map(({ bootloaderOffset }) => bootloaderOffset))].sort(
    (a, b) => a - b,
  );
  const inClear = offsets.find((offset) => bytes[offset] === IMAGE_MAGIC);
  const written = offsets.find((offset) => textures[offset / SECTOR_BYTES] === 'noise');
  return inClear ?? written ?? CHIPS.esp32.bootloaderOffset;
}
