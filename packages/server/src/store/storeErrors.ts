import { errorTable } from '@mkiot/core/errors/mkiotError';

export const storeError = errorTable({
  DATABASE_NEWER: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The database {file} was written by a newer MkIoT: it has the migration "{migration}", which this version does ' +
      'not know. Start the newer version, or restore a backup made with this one. Nothing was changed.',
  },
  DATABASE_DAMAGED: {
    status: 'DATA_LOSS',
    blame: 'us',
    message:
      'The database {file} is damaged at offset {offset}: {finding}. The platform does not start with it. ' +
      'Restore the file, with the -wal file beside it, from a backup. The events are in files of their own.',
  },
  DATABASE_UNUSABLE: {
    status: 'FAILED_PRECONDITION',
    blame: 'us',
    message: 'The database {file} cannot be opened ({reason}). Check the disk: its space, its health, the permissions.',
  },
  QUERY_PARAMETERS: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'A kept query takes {expected} parameters and was given {found}. This is a fault of MkIoT.',
  },
  DATABASE_MIGRATION_FAILED: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'The migration "{migration}" of the database {file} failed; it was rolled back and nothing was changed.',
  },
});
