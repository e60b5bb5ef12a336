import { errorTable, type ErrorFactory } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  OUTBOX_PARTITION_FULL: {
    status: 'RESOURCE_EXHAUSTED',
    blame: 'caller',
    message: '{bytes} bytes more do not fit into the outbox partition "{name}". Make it larger, or the outbox smaller.',
  },
  INSTALL_RECORD_DAMAGED: {
    status: 'DATA_LOSS',
    blame: 'us',
    message:
      'The record of keys and factory data in NVS is not one of this firmware. Flash the firmware that wrote it, or erase all of the flash and install again.',
  },
  PARTITION_MISSING: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The program needs a partition "{name}", which the partition table does not have.',
  },
  FLASH_TOO_SMALL: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The flash has {bytes} bytes; the reference device needs {neededBytes}. Give the chip a larger one.',
  },
  UPDATE_TOO_LARGE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The update has {bytes} bytes; the slot "{name}" takes {slotBytes}.',
  },
  UPDATE_NO_SLOT: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'There is no second slot for an update: the partition table needs otadata and two partitions ota_0 and ota_1.',
  },
} as const;

/** The errors of programs that run on the virtual chip. */
export const appError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
