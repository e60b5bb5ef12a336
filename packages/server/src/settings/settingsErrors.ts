import { errorTable } from '@mkiot/core/errors/mkiotError';

export const settingsError = errorTable({
  SETTINGS_WRONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The settings cannot be used, so nothing was started:\n{problems}\n"mkiot settings" lists all settings.',
  },
  SETTINGS_FILE_UNREADABLE: {
    status: 'FAILED_PRECONDITION',
    blame: 'caller',
    message: 'The settings file {file} cannot be read ({reason}).',
  },
  SETTINGS_FILE_NOT_JSON: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The settings file {file} is not JSON{place}. It holds one object: {"mqtt": {"port": 8883}}.',
  },
});
