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
} as const;

/** The errors of the parts on the daughterboard. */
export const peripheralError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
