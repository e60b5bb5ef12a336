import type { MkiotError } from '@mkiot/core/errors/mkiotError';

/** What an event log has to tell the operator. */
export interface EventLogReports {
  /** Told once a problem: `EVENT_LOG_WRITE_FAILED`, `EVENT_LOG_SLOW`, `EVENT_LOG_DAMAGED` and what else there is. */
  problem(problem: MkiotError): void;
  /** A problem that was told is over. */
  recovered(problem: MkiotError): void;
}
