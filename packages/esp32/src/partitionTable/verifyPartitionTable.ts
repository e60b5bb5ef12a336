import { toHexOffset } from '../bytes/hexOffset.ts';
import {
  isPrimary,
  offsetAlignment,
  PARTITION_SUBTYPES,
  PARTITION_TABLE_SECTOR,
  PARTITION_TYPES,
  type Partition,
} from './partition.ts';
import { partitionError } from './partitionErrors.ts';

/** How a project is set up, as gen_esp32part.py is told. */
export interface PartitionRules {
  /** Where the table is in flash. */
  readonly tableOffset: number;
  readonly secure?: 'v1' | 'v2' | undefined;
  readonly flashBytes?: number | undefined;
}

const { app, data } = PARTITION_TYPES;
const OTADATA_BYTES = 0x2000;
const NVS_READ_WRITE_BYTES = 0x3000;
const MEGABYTE = 0x100000;

/**
 * Refuses what gen_esp32part.py refuses, in its order.
 *
 * @returns what it warns of: the table works, but may not be meant so
 * @throws a {@link partitionError}
 */
export function verifyPartitionTable(partitions: readonly Partition[], rules: PartitionRules): readonly string[] {
  for (const partition of partitions) verifyPartition(partition, rules);
  verifyNames(partitions);
  verifyPlaces(partitions, rules.tableOffset);
  verifyOtadata(partitions, PARTITION_SUBTYPES[data]?.['ota'], 'otadata', '"ota"(0)');
  verifyOtadata(partitions, PARTITION_SUBTYPES[data]?.['tee_ota'], 'TEE otadata', '"tee_ota"(0x90)');
  if (rules.flashBytes !== undefined) verifyFlashSize(partitions, rules.flashBytes);
  return partitions.flatMap(warningsOf);
}

function verifyPartition(partition: Partition, { secure }: PartitionRules): void {
  const { name, type, subtype, offset, size } = partition;
  const align = offsetAlignment(type);
  if (offset % align !== 0) invalid(name, `Offset ${toHexOffset(offset)} is not aligned to ${toHexOffset(align)}`);
  // The signature of secure boot v1 lies at the very end of a block of 64 kB.
  const sizeAlign = secure === 'v1' ? 0x10000 : 0x1000;
  if (type === app && size % sizeAlign !== 0) {
    invalid(name, `Size ${toHexOffset(size)} is not aligned to ${toHexOffset(sizeAlign)}`);
  }
  const { ota, coredump, nvs } = PARTITION_SUBTYPES[data] ?? {};
  const described = `'${name}' partition of type ${type} and subtype ${subtype}`;
  if (type === data && (subtype === ota || subtype === coredump) && partition.readonly) {
    invalid(name, `${described} is always read-write and cannot be read-only`);
  }
  if (type === data && subtype === nvs && size < NVS_READ_WRITE_BYTES && !partition.readonly) {
    const least = `the size of read/write NVS has to be at least ${toHexOffset(NVS_READ_WRITE_BYTES)}`;
    invalid(name, `${described} of this size (${toHexOffset(size)}) must be flagged as 'readonly' (${least})`);
  }
}

function invalid(name: string, says: string): never {
  throw partitionError('PARTITION_INVALID', { name, says });
}

function verifyNames(partitions: readonly Partition[]): void {
  for (const { name } of partitions) {
    const count = partitions.filter((other) => other.name === name).length;
    if (count > 1) throw partitionError('PARTITION_NAMES', { name, count });
  }
}

function verifyPlaces(partitions: readonly Partition[], tableOffset: number): void {
  const end = tableOffset + PARTITION_TABLE_SECTOR;
  let previous: Partition | undefined;
  for (const partition of partitions.toSorted((one, other) => one.offset - other.offset)) {
    const offset = toHexOffset(partition.offset);
    if (partition.offset < end && !isPrimary(partition)) {
      throw partitionError('PARTITION_BELOW_TABLE', { offset, end: toHexOffset(end) });
    }
    if (previous !== undefined && partition.offset < previous.offset + previous.size) {
      const last = toHexOffset(previous.offset + previous.size - 1);
      throw partitionError('PARTITION_OVERLAP', { offset, start: toHexOffset(previous.offset), last });
    }
    previous = partition;
  }
}

function verifyOtadata(
  partitions: readonly Partition[],
  subtype: number | undefined,
  what: string,
  quoted: string,
): void {
  const found = partitions.filter((partition) => partition.type === data && partition.subtype === subtype);
  if (found.length > 1) throw partitionError('PARTITION_OTADATA_MANY', { what, subtype: quoted });
  if (found[0] !== undefined && found[0].size !== OTADATA_BYTES)
    throw partitionError('PARTITION_OTADATA_SIZE', { what });
}

function verifyFlashSize(partitions: readonly Partition[], flashBytes: number): void {
  const bytes = Math.max(0, ...partitions.map(({ offset, size }) => offset + size));
  if (bytes <= flashBytes) return;
  const megabytes = (bytes / MEGABYTE).toFixed(1);
  throw partitionError('PARTITION_FLASH_SIZE', { megabytes, bytes, flashMegabytes: flashBytes / MEGABYTE });
}

function warningsOf({ name, type, subtype, unknownFlags }: Partition): readonly string[] {
  const warnings: string[] = [];
  const namedType = (PARTITION_TYPES as Readonly<Record<string, number>>)[name];
  if (namedType !== undefined && namedType !== type) {
    warnings.push(
      `Partition has name '${name}' which is a partition type, but does not match this partition's type ` +
        `(${toHexOffset(type)}). Mistake in partition table?`,
    );
  }
  const isSubtype = Object.values(PARTITION_SUBTYPES).some((subtypes) => Object.hasOwn(subtypes, name));
  if (isSubtype && PARTITION_SUBTYPES[type]?.[name] !== subtype) {
    warnings.push(
      `Partition has name '${name}' which is a partition subtype, but this partition has non-matching type ` +
        `${toHexOffset(type)} and subtype ${toHexOffset(subtype)}. Mistake in partition table?`,
    );
  }
  if (unknownFlags !== 0) {
    const flags = unknownFlags.toString(16).padStart(8, '0');
    warnings.push(`Partition definition had unknown flag(s) 0x${flags}. Newer binary format?`);
  }
  return warnings;
}
