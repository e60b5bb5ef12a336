import { concatBytes } from '@mkiot/core/bytes/bytes';
import { PARTITION_SUBTYPES, PARTITION_TYPES, type Partition } from '../../partitionTable/partition.ts';
import type { Evidence } from '../finding.ts';
import type { AuditInput, PartitionContent } from './auditInput.ts';

type ContentsInput = Extract<AuditInput, { readonly kind: 'contents' }>;

/** Files that are one partition each, as one piece of flash: what rules look through. */
export interface GatheredContents {
  readonly source: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly partitions: readonly Partition[];
  readonly files: readonly GatheredFile[];
}

export interface GatheredFile {
  readonly source: string;
  /** Where in the gathered bytes the file begins. */
  readonly offset: number;
  readonly size: number;
}

const SECTOR = 0x1000;

/** Puts partitions that were given as files one behind the other, each at a sector. */
export function gatherContents(inputs: readonly ContentsInput[]): GatheredContents {
  const files: GatheredFile[] = [];
  const partitions: Partition[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { source, value, content } of inputs) {
    const size = Math.ceil(value.length / SECTOR) * SECTOR;
    const before = inputs.slice(0, files.length).filter((input) => input.content === content).length;
    files.push({ source, offset, size: value.length });
    partitions.push({ ...PARTITIONS[content], name: nameOf(content, before), offset, size, ...UNFLAGGED });
    parts.push(value, new Uint8Array(size - value.length).fill(0xff));
    offset += size;
  }
  return { source: files.map(({ source }) => source).join(', '), bytes: concatBytes(...parts), partitions, files };
}

/** Evidence that a rule saw in gathered bytes, with the file it is really in and the offset there. */
export function inItsFile<Piece extends Evidence>(evidence: Piece, { source, files }: GatheredContents): Piece {
  const { offset } = evidence;
  if (evidence.source !== source || offset === undefined) return evidence;
  const file = files.findLast((candidate) => candidate.offset <= offset);
  return file === undefined ? evidence : { ...evidence, source: file.source, offset: offset - file.offset };
}

const UNFLAGGED = { encrypted: false, readonly: false, unknownFlags: 0 } as const;
const { app, data } = PARTITION_TYPES;
const DATA: Readonly<Record<string, number>> = PARTITION_SUBTYPES[data] ?? {};
const image = { type: app, subtype: 0 } as const;
const dataOf = (subtype: string) => ({ type: data, subtype: DATA[subtype] ?? 0 }) as const;

/** What a partition table would call a partition with such contents. */
const PARTITIONS: Readonly<Record<PartitionContent, Pick<Partition, 'type' | 'subtype'>>> = {
  'app-image': image,
  'bootloader-image': image,
  image,
  otadata: dataOf('ota'),
  nvs: dataOf('nvs'),
  littlefs: dataOf('littlefs'),
  spiffs: dataOf('spiffs'),
  fat: dataOf('fat'),
  'core-dump': dataOf('coredump'),
  'esp-secure-cert': { type: 0x3f, subtype: 0 },
};

const NAMES: Partial<Readonly<Record<PartitionContent, string>>> = {
  'app-image': 'app',
  'bootloader-image': 'bootloader',
  'core-dump': 'coredump',
  'esp-secure-cert': 'esp_secure_cert',
};

function nameOf(content: PartitionContent, before: number): string {
  const name = NAMES[content] ?? content;
  return before === 0 ? name : `${name} ${before + 1}`;
}
