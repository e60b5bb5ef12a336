import { errorTable } from '@mkiot/core/errors/mkiotError';

export const admissionError = errorTable({
  BAN_NOT_FOUND: {
    status: 'NOT_FOUND',
    blame: 'caller',
    message: 'The address {address} is not banned. "mkiot ban list" shows those that are; a ban ends by itself, too.',
  },
});
