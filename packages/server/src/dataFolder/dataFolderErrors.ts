import { errorTable } from '@mkiot/core/errors/mkiotError';

export const dataFolderError = errorTable({
  DATA_FOLDER_UNUSABLE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The data folder "{folder}" cannot be used ({reason}). Mend that, or choose another with --data.',
  },
  NOT_PRIVATE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      '"{path}" may be opened by other users of this machine (mode {mode}), and it is a place for secrets. ' +
      'To close it: {mend}',
  },
  OWNER_WRONG: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      '"{path}" belongs to the user with id {owner}, and MkIoT runs as {user}. Run it as its owner, or change that: {mend}',
  },
  DATA_FOLDER_FOREIGN: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The folder "{folder}" is no data folder of MkIoT, and it is not empty: there is "{found}". Choose an empty or ' +
      'new folder with --data.',
  },
  DATA_FOLDER_IN_USE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The data folder "{folder}" is in use by {holder}. Only one server can use a data folder: stop that one first, ' +
      'or choose another folder with --data.',
  },
  MASTER_KEY_MISSING: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message:
      'The key file "{file}" is missing, though the data folder is not new. Nothing encrypted under it can be read: ' +
      'restore the file from a backup, or start with a new data folder.',
  },
  MASTER_KEY_DAMAGED: {
    status: 'DATA_LOSS',
    blame: 'caller',
    message: 'The key file "{file}" has {found} bytes instead of {expected}. Restore it from a backup.',
  },
  INSTALLATION_DAMAGED: {
    status: 'DATA_LOSS',
    blame: 'caller',
    message: 'The file "{file}" does not hold the id of this installation. Restore it from a backup.',
  },
  SEAL_BROKEN: {
    status: 'DATA_LOSS',
    blame: 'caller',
    message:
      'A secret sealed for "{purpose}" cannot be opened: it was changed or cut off, or it was sealed under another ' +
      'key file. Restore it together with its master.key from one backup.',
  },
});
