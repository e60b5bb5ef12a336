import { errorTable } from '@mkiot/core/errors/mkiotError';

export const quotaError = errorTable({
  QUOTA_EXCEEDED: {
    status: 'RESOURCE_EXHAUSTED',
    blame: 'caller',
    message:
      'The quota is used up: at most {limit} {counted}. Wait and send less, or let the operator of the server change the ' +
      'setting quotas.{name}.',
  },
});
