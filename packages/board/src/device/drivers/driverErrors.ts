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
} as const;

/** The errors of the drivers: parts that do not answer as their data sheet says. */
export const driverError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
