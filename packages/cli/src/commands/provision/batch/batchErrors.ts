import { errorTable } from '@mkiot/core/errors/mkiotError';

export const batchCommandError = errorTable({
  BATCH_LOCKED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'Another station works on the job {job} already. Two would give one row to two boards: end that one, or split the job into two files.',
  },
  BATCH_KEYS_MISSING: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'There is no terminal on which a key could be pressed for each board. Say --auto to begin with boards as they come.',
  },
  BATCH_OPTION_WRONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The job {job} says "{name}" in its options, {reason}.',
  },
  BATCH_UNFINISHED: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: '{open} of {units} units are not done; {sheet} says why. Repeat the command to go on.',
  },
});
