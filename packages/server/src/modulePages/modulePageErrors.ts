import { errorTable } from '@mkiot/core/errors/mkiotError';

export const modulePageError = errorTable({
  PAGE_IMPORT_FOREIGN: {
    status: 'INTERNAL',
    blame: 'us',
    message:
      'The module {module} of a page imports "{name}": a page has modules of MkIoT and of few others, each in its own package.',
  },
  PAGE_MODULES_UNREADABLE: {
    status: 'INTERNAL',
    blame: 'us',
    message: 'The modules of the page {page} could not be read: {reason}',
  },
});
