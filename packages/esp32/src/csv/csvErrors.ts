import { errorTable, type ErrorFactory } from '@mkiot/core/errors/mkiotError';

const ROWS = {
  CSV_TEXT: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'The file is no CSV: at offset {offset} it is no text. Is it a binary partition, or a workbook?',
  },
  CSV_QUOTE: {
    status: 'INVALID_ARGUMENT',
    blame: 'caller',
    message: 'A quotation mark in line {line} of the CSV is never closed.',
  },
} as const;

/** Why a file is no table of comma-separated values. No sentence holds a cell. */
export const csvError: ErrorFactory<typeof ROWS> = errorTable(ROWS);
