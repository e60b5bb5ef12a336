import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { CloseReason } from '../bridge/hooks.ts';

/** A refusal as an answer of the API. IoT Core's texts for closed connections begin with who closed them. */
export function refusalError({ code, status = 'INTERNAL', message, retryAfterSeconds }: CloseReason): MkiotError {
  // What a device may send is counted by the second, where the reason does not know better.
  const laterSeconds = retryAfterSeconds ?? (status === 'RESOURCE_EXHAUSTED' ? 1 : undefined);
  const row = { status, blame: 'caller', message: message.replace(/^SERVER: /, '') } as const;
  return new MkiotError(code, row, { retryAfterSeconds: laterSeconds });
}
