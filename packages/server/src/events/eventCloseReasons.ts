import { LIMITS } from '@mkiot/core/contract/limits';
import type { CloseReason } from '../bridge/hooks.ts';

/** Why a device's connection ends over an event it sent. */
export function eventTooLarge(bytes: number): CloseReason {
  const message = `SERVER: A telemetry event has at most ${LIMITS.eventBytes} bytes, this one had ${bytes}.`;
  return { code: 'EVENT_TOO_LARGE', by: 'SERVER', status: 'INVALID_ARGUMENT', message };
}

/** The cause is told to the operator by the log itself; a device that sends again loses nothing. */
export const EVENT_NOT_STORED: CloseReason = {
  code: 'EVENT_NOT_STORED',
  by: 'SERVER',
  status: 'UNAVAILABLE',
  message: 'SERVER: The telemetry event could not be stored.',
};
