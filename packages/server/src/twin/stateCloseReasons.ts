import { LIMITS } from '@mkiot/core/contract/limits';
import type { Status } from '@mkiot/core/errors/status';
import type { CloseReason } from '../bridge/hooks.ts';

const byServer = (code: string, status: Status, message: string): CloseReason => ({
  code,
  by: 'SERVER',
  status,
  message,
});

export function stateTooLarge(bytes: number): CloseReason {
  const message = `SERVER: A device state has at most ${LIMITS.stateBytes} bytes, this one had ${bytes}.`;
  return byServer('STATE_TOO_LARGE', 'INVALID_ARGUMENT', message);
}

/** IoT Core's text. */
export function stateTooOften(numId: number): CloseReason {
  const message = `The device "${numId}" could not be updated. Device state can be updated only once every 1s.`;
  return byServer('STATE_TOO_OFTEN', 'RESOURCE_EXHAUSTED', message);
}

export const STATE_BACKLOG_FULL: CloseReason = byServer(
  'STATE_BACKLOG_FULL',
  'UNAVAILABLE',
  'SERVER: Too many device states wait for the disk; this one was not stored.',
);

export const STATE_NOT_STORED: CloseReason = byServer(
  'STATE_NOT_STORED',
  'INTERNAL',
  'SERVER: The device state could not be stored.',
);
