import { errorTable, type ErrorFactory } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  UNIT_NOT_EXPECTED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'This is the chip {found}, not {expected}. Nothing was changed. Check which board is on the port.',
  },
  UNIT_NOT_BLANK: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'This chip is not blank: {reason}. Nothing was changed. Say --used if it is the right one.',
  },
  UNIT_ENCRYPTS: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'This chip encrypts its flash already: firmware in plaintext would never start. Nothing was changed. Give the book in which its flash key is, with --book.',
  },
  UNIT_CLOSED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'This chip is in secure download mode: its eFuses cannot be read, so nothing can be planned or verified. It is provisioned already, or of no use.',
  },
  UNIT_OTHER_KEY: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'This chip has another key for {use} in {slot} than the one that was given. Nothing was burned. Find the key with which it was made, or take another chip.',
  },
  UNIT_FLASH_SMALL: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: '{part} goes beyond the end of the flash, which has {bytes} bytes.',
  },
  UNIT_BURN_WRONG: {
    status: 'DATA_LOSS',
    blame: 'peer',
    message:
      'After the step {step} eFuse block {block} is not as planned. The chip may be damaged: burn nothing more on it, and keep the output of "mkiot audit".',
  },
  UNIT_BURN_NOT_CONFIRMED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'Nothing was burned: {given} is not the MAC address of this chip, {mac}.',
  },
  UNIT_STILL_OPEN: {
    status: 'DATA_LOSS',
    blame: 'peer',
    message: 'The last burn was to close the loader of the chip, but it still answers as before. Repeat the command.',
  },
  STATION_KEY_LENGTH: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A flash key of this chip has {expected} bytes, and the file holds {found}.',
  },
  STATION_SIGNING_KEY_MISSING: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The profile {profile} switches secure boot on: say --signing-key with the key of your product.',
  },
  FIRMWARE_ARGS_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{source} is no flasher_args.json of a build: {reason}.',
  },
  FIRMWARE_OTHER_CHIP: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The firmware is for {firmware}, and this chip is {chip}. Nothing was changed.',
  },
  FIRMWARE_OVERLAPS: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{part} and {other} overlap in flash.',
  },
  FIRMWARE_TABLE_MISSING: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'No part of the firmware is a partition table, which tells what is signed and encrypted. Nothing was burned. Give the whole build.',
  },
} as const;

/** Why the station does not go on with a unit. */
export const stationError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
