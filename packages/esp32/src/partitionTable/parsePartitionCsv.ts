import { decodeText } from '../bytes/decodeText.ts';
import { toHexOffset } from '../bytes/hexOffset.ts';
import { fixedPlace, type PartitionCsvContext } from './fixedPlace.ts';
import {
  ENTRY_BYTES,
  isPrimary,
  offsetAlignment,
  PARTITION_FLAGS,
  PARTITION_SUBTYPES,
  PARTITION_TABLE_BYTES,
  PARTITION_TABLE_SECTOR,
  PARTITION_TYPES,
  type Partition,
  type PartitionFlag,
} from './partition.ts';
import { partitionError } from './partitionErrors.ts';
import { numberOrKeyword, numberWithSuffix } from './partitionNumber.ts';

/** A line of the CSV, where the offset may be left out and the size may be given as where it ends. */
interface CsvPartition extends Omit<Partition, 'offset'> {
  readonly line: number;
  readonly offset: number | undefined;
}

/**
 * Reads a partition table as people write it. Offsets that are left out follow the partition before, aligned; a negative
 * size is the offset where the partition ends. ESP-IDF, partition tables, "Creating Custom Tables".
 *
 * @throws a {@link partitionError} with the line
 */
export function parsePartitionCsv(bytes: Uint8Array, context: PartitionCsvContext): readonly Partition[] {
  const csv = decodeText(bytes);
  if (typeof csv === 'number') throw partitionError('PARTITION_CSV_TEXT', { offset: toHexOffset(csv) });
  const lines = csv.split(/\r\n|\r|\n/).map((text, index) => ({ text: text.trim(), line: index + 1 }));
  const rows = lines.filter(({ text }) => text !== '' && !text.startsWith('#'));
  if (rows.length === 0) throw partitionError('PARTITION_CSV_EMPTY');
  const length = rows.length * ENTRY_BYTES;
  if (length >= PARTITION_TABLE_BYTES) throw partitionError('PARTITION_TABLE_LONG', { length });
  return placed(
    rows.map(({ text, line }) => parseLine(text, line, context)),
    context,
  );
}

function placed(rows: readonly CsvPartition[], { tableOffset }: PartitionCsvContext): readonly Partition[] {
  let end = tableOffset + PARTITION_TABLE_SECTOR;
  return rows.map(({ line, ...row }, index) => {
    if (isPrimary(row)) return { ...row, offset: row.offset ?? 0 };
    if (row.offset !== undefined && row.offset < end)
      throw overlap(line, row.offset, end, index === 0 ? tableOffset : undefined);
    const align = offsetAlignment(row.type);
    const offset = row.offset ?? Math.ceil(end / align) * align;
    const size = row.size < 0 ? -row.size - offset : row.size;
    if (size < 0)
      fail(line, `The partition ends at ${toHexOffset(-row.size)}, before its offset ${toHexOffset(offset)}`);
    end = offset + size;
    if (end > 2 ** 32) fail(line, `The partition ends at ${toHexOffset(end)}, which is more than 32 bits`);
    return { ...row, offset, size };
  });
}

function overlap(line: number, at: number, previousEnd: number, tableOffset: number | undefined): Error {
  const [offset, end] = [toHexOffset(at), toHexOffset(previousEnd)];
  if (tableOffset === undefined) return partitionError('PARTITION_CSV_OVERLAP', { line, offset, end });
  return partitionError('PARTITION_CSV_TABLE_OVERLAP', { line, offset, end, table: toHexOffset(tableOffset) });
}

function parseLine(text: string, line: number, context: PartitionCsvContext): CsvPartition {
  const fields = expand(text, context.variables).split(',');
  const [name = '', typeText = '', subtypeText = '', offsetText = '', sizeText = '', flagsText = ''] = fields.map(
    (field) => field.trim(),
  );
  if (typeText === '') fail(line, "Field 'type' can't be left empty.");
  const type = byte(numberOrKeyword(typeText, PARTITION_TYPES, line), 'type', line);
  const subtype = byte(parseSubtype(subtypeText, type, line), 'subtype', line);
  const fixed = fixedPlace(type, subtype, line, context);
  if (sizeText === '' && fixed.size === undefined) fail(line, "Size field can't be empty");
  const flags = parseFlags(flagsText, line);
  return {
    name,
    type,
    subtype,
    offset: fixed.offset ?? (offsetText === '' ? undefined : offsetOf(offsetText, line)),
    size: fixed.size ?? numberWithSuffix(sizeText, line),
    encrypted: flags.has('encrypted'),
    readonly: flags.has('readonly'),
    unknownFlags: 0,
    line,
  };
}

function parseSubtype(text: string, type: number, line: number): number {
  if (text !== '') return numberOrKeyword(text, PARTITION_SUBTYPES[type] ?? {}, line);
  if (type === PARTITION_TYPES.app) fail(line, 'App partition cannot have an empty subtype');
  return PARTITION_SUBTYPES[PARTITION_TYPES.data]?.['undefined'] ?? 0;
}

function byte(value: number, field: string, line: number): number {
  return value >= 0 && value <= 0xff ? value : fail(line, `Field '${field}' is ${value}; it is one byte`);
}

function offsetOf(text: string, line: number): number {
  const offset = numberWithSuffix(text, line);
  return offset >= 0 ? offset : fail(line, `Invalid field value ${text}`);
}

function parseFlags(text: string, line: number): ReadonlySet<PartitionFlag> {
  const flags = text.split(':').filter((flag) => flag !== '');
  const unknown = flags.find((flag) => !Object.hasOwn(PARTITION_FLAGS, flag));
  if (unknown !== undefined) fail(line, `CSV flag column contains unknown flag '${unknown}'`);
  return new Set(flags as readonly PartitionFlag[]);
}

function expand(text: string, variables: PartitionCsvContext['variables']): string {
  return text.replaceAll(/\$(?:(\w+)|\{(\w+)\})/g, (_, plain: string | undefined, braced: string | undefined) => {
    const variable = plain ?? braced ?? '';
    const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
    if (value === undefined) throw partitionError('PARTITION_CSV_VARIABLE', { variable });
    return value;
  });
}

function fail(line: number, says: string): never {
  throw partitionError('PARTITION_CSV', { line, says });
}
