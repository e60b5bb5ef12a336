import type { MkiotError } from '@mkiot/core/errors/mkiotError';

/** What an event log has to tell the operator. */
export interface EventLogReports {
  /** Told once a problem, by its code: `EVENT_LOG_TORN_TAIL`, `EVENT_LOG_DAMAGED`, `EVENT_LOG_WRITE_FAILED`. */
  problem(problem: MkiotError): void;
  /** Events are stored again. */
  recovered(): void;
}
