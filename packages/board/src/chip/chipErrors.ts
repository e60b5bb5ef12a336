import { errorTable, type ErrorFactory } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  CHIP_POWER_LOST: {
    status: 'ABORTED',
    blame: 'caller',
    message: 'The power of the chip went while it was {doing}. Switch it on to see what became of it.',
  },
  FLASH_SIZE_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'There is no flash of {bytes} bytes: it has a power of two from 64 KiB to 128 MiB.',
  },
  FLASH_OUT_OF_RANGE: {
    status: 'OUT_OF_RANGE',
    blame: 'caller',
    message: '{length} bytes at {address} are not in this flash, which ends at {size}.',
  },
  FLASH_NOT_ALIGNED: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{address} is not the beginning of a {unit} of flash, which has {unitBytes} bytes.',
  },
  EFUSE_BLOCK_UNKNOWN: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{chip} has no eFuse block {block}: they are 0 to {last}.',
  },
  EFUSE_FIELD_UNKNOWN: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{chip} has no eFuse field {field}.',
  },
  EFUSE_BURN_TOO_LONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{bytes} bytes do not fit into eFuse block {block}: it takes {blockBytes}.',
  },
  EFUSE_BLOCK_WRITTEN: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'eFuse block {block} is coded as a whole and holds data: more bits would break it. Take another block.',
  },
  CHIP_NOT_VIRTUAL: {
    status: 'UNIMPLEMENTED',
    blame: 'caller',
    message: 'There is no virtual {chip} to rehearse on.',
  },
  EFUSES_OF_OTHER_CHIP: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'These are eFuses of {found}; the chip is {expected}.',
  },
} as const;

/** The errors of a virtual chip: what its parts are told and cannot do. */
export const chipError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
