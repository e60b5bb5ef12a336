import type { Clock } from '@mkiot/core/clock/clock';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import type { Logger } from 'pino';
import type { CloseReason } from '../bridge/hooks.ts';
import { quotaError } from './quotaErrors.ts';
import { QUOTA_NAMES, type QuotaName, type QuotaNumbers, quotaRow } from './quotaTable.ts';
import { Turns } from './turns.ts';

/** The log has one line in this time for each quota. */
const WINDOW_MS = 10_000;
const MINUTE_MS = 60_000;

interface Excess {
  count: number;
  untold: number;
  toldAtMs: number;
  /** Of quotas that let in so many a minute. */
  readonly turns: Turns | undefined;
}

/** Tells of used-up quotas: whoever met one, the log and the metrics. */
export class QuotaExcesses {
  readonly #numbers: QuotaNumbers;
  readonly #clock: Clock;
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #excesses: ReadonlyMap<QuotaName, Excess>;

  constructor(numbers: QuotaNumbers, clock: Clock, logger: Pick<Logger, 'warn'>) {
    this.#numbers = numbers;
    this.#clock = clock;
    this.#logger = logger;
    this.#excesses = new Map(
      QUOTA_NAMES.map((name) => {
        const turns = name.endsWith('PerMinute') ? new Turns(numbers[name], MINUTE_MS) : undefined;
        return [name, { count: 0, untold: 0, toldAtMs: Number.NEGATIVE_INFINITY, turns }];
      }),
    );
  }

  /** How often each quota was met since the start. */
  counts(): readonly (readonly [QuotaName, number])[] {
    return [...this.#excesses].map(([name, { count }]) => [name, count]);
  }

  /** Counts one. @param who the device or the caller that met it, for the log */
  error(name: QuotaName, who: string): MkiotError {
    const excess = this.#excesses.get(name);
    const nowMs = this.#clock.monotonic();
    const error = quotaError('QUOTA_EXCEEDED', {
      name,
      limit: this.#numbers[name],
      counted: quotaRow(name).counted,
      retryAfterSeconds: excess?.turns?.next(nowMs),
    });
    if (excess === undefined) return error;
    excess.count++;
    if (nowMs - excess.toldAtMs < WINDOW_MS) {
      excess.untold++;
    } else {
      this.#logger.warn({ quota: name, who, suppressed: excess.untold }, `quota exceeded: ${error.message}`);
      excess.toldAtMs = nowMs;
      excess.untold = 0;
    }
    return error;
  }

  /** The same for a device: what closes its connection, as a state that comes too often does at IoT Core. */
  closeReason(name: QuotaName, who: string): CloseReason {
    const { code, message, context } = this.error(name, who);
    const { reason = 'QUOTA_EXCEEDED' } = quotaRow(name);
    const reasonCode = REASON_CODES[reason].code;
    const closed = {
      code,
      by: 'SERVER',
      status: 'RESOURCE_EXHAUSTED',
      message: `SERVER: ${message}`,
      reasonCode,
    } as const;
    const { retryAfterSeconds } = context;
    return typeof retryAfterSeconds === 'number' ? { ...closed, retryAfterSeconds } : closed;
  }
}
