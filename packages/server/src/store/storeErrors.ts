import { errorTable } from '@mkiot/core/errors/mkiotError';

export const storeError = errorTable({
  DATABASE_NEWER: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The database {file} was written by a newer MkIoT: it has the migration "{migration}", which this version does ' +
      'not know. Start the newer version, or restore a backup made with this one. Nothing was changed.',
  },
  DATABASE_MIGRATION_FAILED: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'The migration "{migration}" of the database {file} failed; it was rolled back and nothing was changed.',
  },
});
