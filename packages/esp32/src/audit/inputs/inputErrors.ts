import { type ErrorContext, MkiotError } from '@mkiot/core/errors/mkiotError';

const MESSAGES = {
  AUDIT_INPUT_EMPTY: '{source} is empty. Read it from the device again.',
  AUDIT_INPUT_UNKNOWN:
    '{source} is nothing that an audit reads: {reason}. It reads flash dumps, eFuse dumps and summaries, boot logs, sdkconfig files, partition tables, images, NVS partitions and public keys.',
  AUDIT_INPUT_KEY:
    '{source} has {bytes} bytes and looks like a key. If it is the flash encryption key, name it with --flash-key.',
  AUDIT_INPUT_BROKEN: '{source} looks like {kind}, but cannot be read: {reason}',
  AUDIT_INPUT_NONE: 'There is nothing to audit in {source}: no file in it is one that an audit reads.',
  AUDIT_INPUT_TWICE:
    '{source} and {other} are both {kind}, and they differ. Give one of them; a dump of before goes with --before, several devices go into a folder each.',
  AUDIT_GZIP: '{source} is compressed with gzip, but cannot be unpacked: {reason}.',
  AUDIT_FLASH_KEY_LENGTH:
    'The flash encryption key {source} has {bytes} bytes; one has 16, 24, 32 or 64. Give the file that was burned.',
  AUDIT_CHIPS_DISAGREE:
    '{source} is of {chip}, but {other} says {otherChip}. They are not of one device: give the files of one.',
  AUDIT_MACS_DISAGREE:
    '{source} is of the device with MAC {mac}, but {other} of the one with {otherMac}. Give the files of one device.',
  AUDIT_FLASH_MISSING:
    '{source} is of no use without a dump of the whole flash: give that too, read from address 0 to the end.',
  AUDIT_FLASH_CUT:
    '{source} is cut: it ends at {end}, but {what} goes on to {expected}. Read the whole flash again: what is missing was not looked at.',
  AUDIT_FLASH_SHIFTED:
    '{source} is not from address 0 on: {what} is at {found}, where it cannot be. Read it again from address 0: partitions are looked for at the wrong places.',
  AUDIT_FLASH_BLANK:
    'All of {source} is {byte}: the flash is blank, or nothing was read from it. Check the connection and read again.',
  AUDIT_FLASH_UNREADABLE:
    'Nothing in {source} can be read: it is encrypted, or no flash dump at all. Give the eFuses of the device, and the key with --flash-key if you have it.',
  AUDIT_FLASH_KEY_WRONG:
    'The key {key} does not decrypt {source}: no bootloader comes out. It is the key of another device, or the flash is not encrypted.',
  AUDIT_FLASH_OTHER_STATE:
    '{source} and {other} do not belong together: the eFuses say that flash encryption is {state}, but the bootloader in the dump is {found}. They are of two devices, or of two times.',
  AUDIT_DIGEST_OTHER:
    '{source} and {other} do not belong together: the chip trusts other keys than those that signed the bootloader in the dump, so it would not start.',
} as const;

/** Inputs that cannot be audited as they are, and what makes an audit of them less than whole. */
export function inputError(code: keyof typeof MESSAGES, context?: ErrorContext, cause?: unknown): MkiotError {
  return new MkiotError(code, { status: 'INVALID_ARGUMENT', blame: 'caller', message: MESSAGES[code] }, context, cause);
}
