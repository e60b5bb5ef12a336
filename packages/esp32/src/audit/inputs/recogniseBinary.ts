import { isErased } from '../../bytes/isErased.ts';
import { CHIPS } from '../../chips/chips.ts';
import { recogniseContent } from '../../content/recogniseContent.ts';
import { CODING_SCHEME } from '../../efuse/efuseDump.ts';
import { jointDumpBytes, QEMU_DRIVE_BYTES } from '../../efuse/jointDump.ts';
import { ENTRY_MAGIC, parsePartitionTable } from '../../partitionTable/parsePartitionTable.ts';
import { PARTITION_TABLE_BYTES, PARTITION_TABLE_SECTOR } from '../../partitionTable/partition.ts';
import { SECURE_CERT_MAGIC } from '../../secureCert/secureCertEntry.ts';
import { parseImage } from '../../image/parseImage.ts';
import type { AuditInput, InputFile, PartitionContent } from './auditInput.ts';
import { inputError } from './inputErrors.ts';
import { readAs } from './recogniseText.ts';

const SECTOR = 0x1000;
/** Less than this is no flash chip's contents. */
const SMALLEST_FLASH = 0x10000;
/** Partition tables lie in the first sectors behind the bootloader. */
const LAST_TABLE_OFFSET = 0x40000;

/**
 * What binary bytes are, by length and marks.
 *
 * @throws `AUDIT_INPUT_BROKEN`, `AUDIT_INPUT_KEY`
 */
export function recogniseBinary(file: InputFile): AuditInput | undefined {
  const { name: source, bytes } = file;
  if (efuseLengths().has(bytes.length)) return { kind: 'efuse', source, value: bytes };
  // A sector of which only a table is in it is the table; more is a dump from there on.
  if (isTableAt(bytes, 0) && bytes.length <= PARTITION_TABLE_SECTOR) {
    const table = readAs('partitionTable', file, () => parsePartitionTable(bytes.subarray(0, PARTITION_TABLE_BYTES)));
    return { kind: 'partitionTable', source, value: table.partitions };
  }
  if (isWholeFlash(bytes)) return { kind: 'flash', source, value: bytes };
  const content = contentOf(bytes);
  if (content !== undefined) return { kind: 'contents', source, value: bytes, content };
  if (bytes.length >= SMALLEST_FLASH) return { kind: 'flash', source, value: bytes };
  if ([16, 24, 32, 64].includes(bytes.length)) {
    throw inputError('AUDIT_INPUT_KEY', { source, bytes: bytes.length });
  }
  return undefined;
}

function efuseLengths(): ReadonlySet<number> {
  const lengths = Object.values(CHIPS).flatMap((chip) => [
    chip.efuse.windowBytes,
    jointDumpBytes(chip, CODING_SCHEME.none),
    ...(chip.efuse.coding === 'by-field' ? [jointDumpBytes(chip, CODING_SCHEME.threeQuarters)] : []),
  ]);
  return new Set([QEMU_DRIVE_BYTES, ...lengths]);
}

/** A partition table, or a bootloader, where flash has one. */
function isWholeFlash(bytes: Uint8Array): boolean {
  if (bytes.length < SMALLEST_FLASH) return false;
  for (let offset = SECTOR; offset <= LAST_TABLE_OFFSET; offset += SECTOR) if (isTableAt(bytes, offset)) return true;
  const bootloaders = new Set(Object.values(CHIPS).map(({ bootloaderOffset }) => bootloaderOffset));
  return [...bootloaders].some((offset) => offset > 0 && isImage(bytes.subarray(offset, offset + SECTOR)));
}

function isTableAt(bytes: Uint8Array, offset: number): boolean {
  const [first, second] = [ENTRY_MAGIC & 0xff, ENTRY_MAGIC >> 8];
  return bytes[offset] === first && bytes[offset + 1] === second;
}

function contentOf(bytes: Uint8Array<ArrayBuffer>): PartitionContent | undefined {
  const magic = bytes.length >= 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : 0;
  if (magic === SECURE_CERT_MAGIC) return 'esp-secure-cert';
  const content = recogniseContent(bytes);
  if (content === 'erased' || content === 'partition-table') return undefined;
  // An NVS page somewhere does not make a dump of the flash a partition of NVS.
  if (content === 'nvs' && recogniseContent(bytes.subarray(0, SECTOR)) !== 'nvs') return undefined;
  if (content !== undefined && isImage(bytes) && goesOnBehindImage(bytes)) return undefined;
  return content;
}

function isImage(bytes: Uint8Array): boolean {
  return recogniseContent(bytes)?.endsWith('image') === true;
}

/** Behind an image are at most its padding and a sector of signatures; what is more belongs to another partition. */
function goesOnBehindImage(bytes: Uint8Array<ArrayBuffer>): boolean {
  const end = imageEnd(bytes);
  const behind = end === undefined ? bytes.length : Math.ceil(end / SMALLEST_FLASH) * SMALLEST_FLASH + SECTOR;
  return !isErased(bytes.subarray(behind));
}

function imageEnd(bytes: Uint8Array<ArrayBuffer>): number | undefined {
  try {
    return parseImage(bytes).end;
  } catch {
    // Cut or damaged: who reads the contents says so.
    return undefined;
  }
}
