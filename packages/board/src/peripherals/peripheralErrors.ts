import { errorTable, type ErrorFactory } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  I2C_NO_ACKNOWLEDGE: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'Nothing on the I2C bus acknowledged the {byte} for {address}: is the part there, and does it have power?',
  },
  I2C_BUS_STUCK: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'SDA stays low before a transfer to {address}: a part hangs in the middle of a byte. Reset it.',
  },
  WIFI_NO_ACCESS_POINT: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'No access point answered within {waitedMs} ms.',
  },
  WIFI_NO_ADDRESS: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The access point is there, and no DHCP server gave an address within {waitedMs} ms.',
  },
  WIFI_LOST: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The access point is gone: its beacons do not come any more.',
  },
  GPX_NO_POINTS: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'There is no <trkpt> and no <rtept> in it: give a GPX file with a track or a route.',
  },
  GPX_POINT_WRONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'Point {point} has the attribute {name} "{value}"; it must be a number from -{most} to {most}.',
  },
  GPX_TOO_LONG: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'It has {points} points; a board follows at most {most}. Thin it out.',
  },
} as const;

/** The errors of the parts on the daughterboard. */
export const peripheralError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
