import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

/** What can be wrong with the firmware that is to be written. */
const MESSAGES = {
  FIRMWARE_ARGS_INVALID: '{source} is no flasher_args.json of a build: {reason}.',
  FIRMWARE_NOT_FOUND:
    'There is no build in {source}. A build is a folder with flasher_args.json (ESP-IDF), with firmware.bin, bootloader.bin and partitions.bin (PlatformIO), or with those of a sketch, *.ino.bin and so on (Arduino). Build it first, or name the folder that holds its output.',
  FIRMWARE_FILE_MISSING: '{source} is a build of {maker}, but its {what}, {file}, is missing. Build it again.',
  FIRMWARE_FILES_MANY:
    '{source} holds several files that could be the {what}: {files}. Name the folder of one build, or the files one by one.',
  FIRMWARE_IMAGE_DAMAGED: '{file} is no whole image for an ESP32: {reason} Build it again, or copy it again.',
  FIRMWARE_TABLE_DAMAGED: '{file} is no partition table, neither as CSV nor as in flash: {reason}',
  FIRMWARE_CHIPS_DIFFER: '{file} is for {chip}, but {other} is for {otherChip}: they are not of one build.',
  FIRMWARE_TOO_LARGE:
    '{file} has {bytes} bytes and does not fit {place}, which has {size}. Make the image smaller or the place larger.',
  FIRMWARE_NO_APP: '{source} has no app: nothing in it goes to a partition for apps.',
  FIRMWARE_NO_APP_PARTITION: 'The partition table {file} has no partition for an app.',
  FIRMWARE_PARTITION_UNKNOWN: 'The partition table has no partition {label}, where {file} is to go. It has {labels}.',
  FIRMWARE_MERGED_NO_BOOTLOADER:
    '{file} is no merged image for offset 0: there is no bootloader where a chip looks for one. Merge with offset 0, or name the files one by one.',
  FIRMWARE_MERGED_NO_TABLE: '{file} is no merged image: behind its bootloader there is no partition table.',
  FIRMWARE_MERGED_OUTSIDE: '{file} has data at {offset}, which is in no partition: nobody knows what it is for.',
} as const;

export function firmwareError(code: keyof typeof MESSAGES, context: ErrorContext = {}, cause?: unknown): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context, cause);
}
