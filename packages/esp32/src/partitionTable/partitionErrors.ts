import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

/** The words are those of gen_esp32part.py of ESP-IDF, where it has any: makers find them in a search. */
const MESSAGES = {
  PARTITION_TABLE_EMPTY: 'There is no partition table: the file is empty, or erased from offset {offset} on.',
  PARTITION_CSV_TEXT: 'The file is no CSV: at offset {offset} it is no text. Is it a binary partition table?',
  PARTITION_CSV_EMPTY: 'There is no partition in this CSV.',
  PARTITION_TABLE_LENGTH: 'Partition table length must be a multiple of 32 bytes: the entry at offset {offset} is cut.',
  PARTITION_TABLE_NO_END: 'Partition table is missing an end-of-table marker up to offset {offset}',
  PARTITION_TABLE_AFTER_END: 'The partition table ends at offset {offset}, but at {found} there is more than 0xff.',
  PARTITION_TABLE_MD5: "MD5 checksums don't match! (computed: 0x{computed}, parsed: 0x{parsed}, offset {offset})",
  PARTITION_TABLE_AFTER_MD5: 'The partition table has an entry at offset {offset}, after its MD5.',
  PARTITION_MAGIC: 'Invalid magic bytes (0x{magic}) for partition definition at offset {offset}',
  PARTITION_NAME_BYTES: 'The partition definition at offset {offset} has a name that is not UTF-8 followed by zeros.',
  PARTITION_TABLE_LONG: 'Binary partition table length ({length}) longer than max',
  PARTITION_CSV: 'Error at line {line}: {says}',
  PARTITION_CSV_VARIABLE: "unknown variable '{variable}'",
  PARTITION_CSV_OVERLAP:
    'CSV Error at line {line}: Partitions overlap. Partition sets offset {offset}. Previous partition ends {end}',
  PARTITION_CSV_TABLE_OVERLAP:
    'CSV Error at line {line}: Partitions overlap. Partition sets offset {offset}. But partition table occupies the whole sector {table}. Use a free offset {end} or higher.',
  PARTITION_INVALID: 'Partition {name} invalid: {says}',
  PARTITION_NAMES: 'Partition names must be unique: "{name}" is there {count} times',
  PARTITION_BELOW_TABLE: 'Partition offset {offset} is below {end}',
  PARTITION_OVERLAP: 'Partition at {offset} overlaps {start}-{last}',
  PARTITION_OTADATA_MANY:
    'Found multiple {what} partitions. Only one partition can be defined with type="data"(1) and subtype={subtype}.',
  PARTITION_OTADATA_SIZE: '{what} partition must have size = 0x2000',
  PARTITION_FLASH_SIZE:
    "Partitions tables occupies {megabytes}MB of flash ({bytes} bytes) which does not fit in configured flash size {flashMegabytes}MB. Change the flash size in menuconfig under the 'Serial Flasher Config' menu.",
} as const;

/** What is wrong with a partition table. */
export function partitionError(code: keyof typeof MESSAGES, context?: ErrorContext, cause?: unknown): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context, cause);
}
