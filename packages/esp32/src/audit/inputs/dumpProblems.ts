import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { toHexOffset } from '../../bytes/hexOffset.ts';
import type { Chip } from '../../chips/chip.ts';
import { CHIPS } from '../../chips/chips.ts';
import { recogniseContent } from '../../content/recogniseContent.ts';
import { FLASH_SIZES } from '../../image/imageHeader.ts';
import { ENTRY_MAGIC, parsePartitionTable } from '../../partitionTable/parsePartitionTable.ts';
import { PARTITION_TABLE_BYTES } from '../../partitionTable/partition.ts';
import type { FlashDump } from '../flash/flashDump.ts';
import type { FromInput } from '../subject.ts';
import { inputError } from './inputErrors.ts';

const SECTOR = 0x1000;
const MEGABYTE = 0x100000;

/** What is wrong with a dump as a whole, so that not all of the flash could be looked at, or not at its place. */
export function dumpProblems(
  dump: FromInput<FlashDump>,
  chip: Chip | undefined,
  isKnownEncrypted: boolean,
): readonly MkiotError[] {
  const { source, value } = dump;
  const blank = blankByte(value.bytes);
  if (blank !== undefined) return [inputError('AUDIT_FLASH_BLANK', { source, byte: toHexOffset(blank) })];
  const shifted = shift(value, chip);
  if (shifted !== undefined) return [inputError('AUDIT_FLASH_SHIFTED', { source, ...shifted })];
  const problems: MkiotError[] = [];
  const end = value.bytes.length;
  const cut = missing(value);
  if (cut !== undefined) {
    const { what, expected } = cut;
    problems.push(
      inputError('AUDIT_FLASH_CUT', { source, end: toHexOffset(end), what, expected: toHexOffset(expected) }),
    );
  }
  const isUnreadable = !isKnownEncrypted && !value.sectors.includes('plain') && value.keyFits !== true;
  if (isUnreadable) problems.push(inputError('AUDIT_FLASH_UNREADABLE', { source }));
  return problems;
}

function blankByte(bytes: Uint8Array): number | undefined {
  const [first] = bytes;
  return (first === 0 || first === 0xff) && bytes.every((byte) => byte === first) ? first : undefined;
}

interface Missing {
  readonly what: string;
  readonly expected: number;
}

/** The furthest place that something in the dump names and that is not there. */
function missing({ bytes, partitionTable, regions }: FlashDump): Missing | undefined {
  const ends = (partitionTable?.table.partitions ?? []).map(({ name, offset, size }) => {
    return { what: `the partition "${name}"`, expected: offset + size };
  });
  const bootloader = regions.find(({ name }) => name === 'bootloader')?.readable;
  const flashBytes = bootloader === undefined ? undefined : flashSizeOf(bootloader);
  // A board may have a larger flash than its firmware was built for, but not a smaller one.
  if (flashBytes !== undefined) ends.push({ what: 'the flash that the bootloader is for', expected: flashBytes });
  const sectorEnd = Math.ceil(bytes.length / SECTOR) * SECTOR;
  ends.push({ what: 'its last sector', expected: sectorEnd });
  const furthest = ends.reduce((one, other) => (other.expected > one.expected ? other : one));
  return furthest.expected > bytes.length ? furthest : undefined;
}

/** From the high half of byte 3 of the header of an image, bytes. */
function flashSizeOf(bootloader: Uint8Array): number | undefined {
  if (recogniseContent(bootloader)?.endsWith('image') !== true) return undefined;
  const size = FLASH_SIZES[(bootloader[3] ?? 0) >> 4];
  return size === undefined ? undefined : Number.parseInt(size, 10) * MEGABYTE;
}

interface Shift {
  readonly what: string;
  readonly found: string;
}

/** Something that has one place in flash, at another. */
function shift({ bytes, partitionTable }: FlashDump, chip: Chip | undefined): Shift | undefined {
  const table = partitionTable?.offset ?? findTable(bytes);
  if (table !== undefined && (table % SECTOR !== 0 || table === 0)) {
    return { what: 'a partition table', found: toHexOffset(table) };
  }
  const app = recogniseContent(bytes.subarray(0, SECTOR));
  if (app === 'app-image') return { what: 'an app', found: toHexOffset(0) };
  const expected = chip?.bootloaderOffset;
  if (expected === undefined || isImageAt(bytes, expected)) return undefined;
  const offsets = new Set(Object.values(CHIPS).map(({ bootloaderOffset }) => bootloaderOffset));
  const found = [...offsets].find((offset) => offset !== expected && isImageAt(bytes, offset));
  if (found === undefined || table === undefined || table === 0x8000) return undefined;
  return { what: `the bootloader of an ${chip?.label}`, found: toHexOffset(found) };
}

function isImageAt(bytes: Uint8Array, offset: number): boolean {
  return recogniseContent(bytes.subarray(offset, offset + SECTOR))?.endsWith('image') === true;
}

/** Tables begin in the first sectors, wherever the dump begins. */
const LAST_TABLE_OFFSET = 0x40000;

function findTable(bytes: Uint8Array): number | undefined {
  const [first, second] = [ENTRY_MAGIC & 0xff, ENTRY_MAGIC >> 8];
  const head = bytes.subarray(0, LAST_TABLE_OFFSET);
  for (let at = head.indexOf(first); at !== -1; at = head.indexOf(first, at + 1)) {
    if (head[at + 1] === second && isTable(bytes.subarray(at, at + PARTITION_TABLE_BYTES))) return at;
  }
  return undefined;
}

function isTable(bytes: Uint8Array): boolean {
  try {
    return parsePartitionTable(bytes).partitions.length > 1;
  } catch {
    return false;
  }
}
