import { errorTable, type ErrorFactory } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  BATCH_JOB_INVALID: { status: 'INVALID_ARGUMENT', blame: 'caller', message: '{source} is no job: {reason}.' },
  BATCH_ROW_INVALID: { status: 'INVALID_ARGUMENT', blame: 'caller', message: '{source}, {place}: {reason}.' },
  BATCH_COLUMN_UNKNOWN: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      '{source} has the column "{column}", which says nothing to a batch. A column is one of {known}, or a value of the unit: namespace:key or namespace:key:encoding.',
  },
  BATCH_CONFIG_INVALID: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{source} is no configuration of the manufacturing utility: {reason}.',
  },
  BATCH_CONFIG_KEY: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      'The configuration names the key "{key}", which is no column of the values, or stands in another order there.',
  },
  BATCH_NVS_PARTITION_MISSING: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: '{device} has values of its own: say with --nvs-partition in which partition the firmware looks for them.',
  },
  BATCH_SECURE_CERT_PARTITION: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      '{device} has certificates, but the partition table of the firmware has no partition esp_secure_cert for them.',
  },
  BATCH_SECURE_CERT_PLAIN: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The private key of {device} would lie in clear in flash that is encrypted: the partition table does not mark esp_secure_cert with the flag encrypted. Add it and build again.',
  },
  BATCH_SHEET_FOREIGN: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The file {path} is no result sheet of a batch: its first line is another. Nothing was changed. Move it away, or give the job another name.',
  },
  BATCH_ROW_EXCHANGED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The job gives {device} to the board {mac}, but the result sheet says that {held} has it. Put the job back as it was, or give that board up with --give-up {held}.',
  },
  BATCH_NOT_HELD: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The board {mac}, named with --give-up, has no row of this job: there is nothing to give up.',
  },
  BATCH_GIVE_UP_DONE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The board {mac} is done, as {device}: it cannot be given up. Delete its device on the server instead.',
  },
  BATCH_UNIT_DONE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The board {mac} is done already, as {device}. Nothing was changed. Take the next one.',
  },
  BATCH_UNIT_BUSY: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The board {mac} is being worked on at another port. Two boards with one MAC address are no two boards: put this one away.',
  },
  BATCH_UNIT_FAILED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The board {mac} failed before, as {device}, for {reason}, which does not pass by itself. Nothing was changed. Say --retry-failed to try it again, or --give-up {mac} to give its row to another board.',
  },
  BATCH_NO_ROW: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The job has no row for the board {mac}: none names it, and all that name no board are taken. Nothing was changed.',
  },
  BATCH_BURN_NOT_CONFIRMED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'Nothing was burned: {given} was typed, not "{wanted}". Put the board in again to be asked again.',
  },
} as const;

/** What can be wrong with a batch: its job, its sheet, or a board that is none of it. */
export const batchError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
