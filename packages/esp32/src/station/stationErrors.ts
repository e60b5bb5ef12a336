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
    message: 'Nothing was burned: you gave {given}, and the MAC address of this chip is {mac}.',
  },
  UNIT_STILL_OPEN: {
    status: 'DATA_LOSS',
    blame: 'peer',
    message: 'The last burn was to close the loader of the chip, but it still answers as before. Repeat the command.',
  },
  UNIT_EXCHANGED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'Another unit is at the port than before: {found} instead of {expected}. Put the right one back and repeat the command: it goes on from there.',
  },
  UNIT_CHANGED: {
    status: 'ABORTED',
    blame: 'peer',
    message:
      'While its firmware ran, eFuses of this chip were burned that stand in the way of the last burn: {field}. {reason} It was not burned. Repeat the command: it plans anew.',
  },
  UNIT_FIRST_BOOT_FAILED: {
    status: 'FAILED_PRECONDITION',
    blame: 'peer',
    message:
      'The bootloader of the firmware has not encrypted the flash: after {seconds} s of its first start flash encryption is still off. Build it with the settings of "mkiot esp32 plan --encrypt first-boot". The bootloader complains: {complaints}.',
  },
  UNIT_FIRST_BOOT_OTHERWISE: {
    status: 'FAILED_PRECONDITION',
    blame: 'peer',
    message:
      'The bootloader has encrypted the flash otherwise than the profile wants ({field}: {reason}), which nobody changes any more. Build it with the settings of "mkiot esp32 plan --encrypt first-boot", and take another chip.',
  },
  UNIT_FLASH_KEY_HALF: {
    status: 'DATA_LOSS',
    blame: 'peer',
    message:
      'The power went while the bootloader burned the flash key in {slot}: a part of it is there, nobody knows the rest, and it refuses such a key. This chip cannot encrypt its flash any more: take another one, and keep the power on at the first start.',
  },
  UNIT_KEYS_UNKNOWN: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The firmware of this unit has keys that are not in the book: it says "key install closed, {digest}". Give the book with which it was made, or say --erase: then all that is in its flash is lost, its keys too.',
  },
  UNIT_INSTALLED_OTHERWISE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'This unit was told before that it is {device}, with keys; now it should be {wanted} at {host}, or trust another authority. Repeat with what it was told, or say --erase: then it forgets its keys.',
  },
  UNIT_REGISTERED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'This unit is registered, and --erase would end its keys: it is registered a second time only when its device was deleted and it was released, with "mkiot station units release". Nothing was changed. Leave --erase away; or say --used too when it was released.',
  },
  UNIT_REGISTRATION_REFUSED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The platform refuses this unit ({refusal}): {reason} What was burned stays, the last burn was not done. {remedy}',
  },
  UNIT_FLASH_USED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'Something lies in the flash already. What the firmware does not replace can still be read afterwards, and was not looked at: say --erase.',
  },
  UNIT_NVS_PARTITION_MISSING: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The values of the unit have no place: the partition table has no partition "{partition}" of type data, nvs. It has: {found}.',
  },
  UNIT_NVS_KEYS_MISSING: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The values of the unit would lie in clear: flash encryption leaves NVS out, and the partition table has no partition of type data, nvs_keys for the keys of its own encryption. Add one.',
  },
  UNIT_STOPPED: {
    status: 'CANCELLED',
    blame: 'caller',
    message: 'Stopped before the step {step}. {state}',
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
