import { errorTable, type ErrorFactory } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  UART_CHIP_SILENT: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'What answers at {address} is no SC16IS752: its scratchpad keeps {found} instead of {expected}.',
  },
  UART_BAUD_IMPOSSIBLE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message:
      '{baud} baud cannot be made from a crystal of {crystalHz} Hz: the nearest divisor is {errorPercent} % off.',
  },
  MODBUS_NO_ANSWER: {
    status: 'DEADLINE_EXCEEDED',
    blame: 'peer',
    message:
      'Modbus server {server} answered none of {attempts} requests within {timeoutMs} ms: look at its power and baud rate.',
  },
  MODBUS_DAMAGED: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message:
      'Modbus server {server} answered {attempts} requests with damaged bytes, the last with {bytes}: look at the line.',
  },
  MODBUS_EXCEPTION: {
    status: 'FAILED_PRECONDITION',
    blame: 'peer',
    message:
      'Modbus server {server} refused function {function} with exception {exception}: its manual says what it knows.',
  },
  GNSS_SILENT: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The GNSS receiver answers on I2C and sends neither NAV-PVT nor whole sentences. It is configured anew.',
  },
  GNSS_NO_FIX: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The GNSS receiver has no fix yet: a cold start takes half a minute under an open sky.',
  },
} as const;

/** The errors of the drivers: parts that do not answer as their data sheet says. */
export const driverError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
