import { errorTable, type ErrorFactory } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  STATION_PORT_TAKEN: {
    status: 'UNAVAILABLE',
    blame: 'caller',
    message: 'The serial port could not be opened: {reason} Close other programs and tabs that have it, and try again.',
  },
  STATION_FIRMWARE_MISSING: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'Choose the firmware first: the folder of a build, or one merged image.',
  },
  STATION_FILE_MISSING: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The build needs {path}, which is not in {source}. Choose the whole folder of the build.',
  },
  STATION_DEVICE_ID_UNFIT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      '"{id}" cannot be the id of a device: it has 3 to 255 letters, digits and - . _ + ~ %, and begins with a letter.',
  },
  STATION_DEVICE_ID_COMMON: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'All units would be called "{id}". Put {mac} where each has its MAC address.',
  },
} as const;

/** What goes wrong in the page itself; the rest comes from the station and from the server. */
export const stationPageError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
