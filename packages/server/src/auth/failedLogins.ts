import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import {
  addFailedLogins,
  type FailedLoginPlace,
  type FailedLoginRecord,
  listFailedLogins,
  type NewFailedLogin,
} from './failedLoginStore.ts';

const WRITE_MS = 1_000;
/** In memory at a time; of unknown devices, whose names anybody can invent, no more are kept on disk either. */
const WAITING_LIMITS = { known: 10_000, unknown: 1_000 } as const;

/**
 * Refused logins of devices, with their true cause. Those of one device from one address for one cause are one record with
 * a count, so that a device that tries for ever fills nothing. They are written behind, at a login no disk is touched.
 */
export class FailedLogins {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #logger: Pick<Logger, 'error'>;
  #waiting = { known: new Map<string, NewFailedLogin>(), unknown: new Map<string, NewFailedLogin>() };
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(database: Database, clock: Clock, logger: Pick<Logger, 'error'>) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Counts one; what comes in one interval beyond the limits is not kept. */
  record(login: Omit<NewFailedLogin, 'count' | 'firstAtMs' | 'lastAtMs'>): void {
    const nowMs = this.#clock.now();
    this.#add({ ...login, count: 1, firstAtMs: nowMs, lastAtMs: nowMs });
  }

  /** The newest first, from after `place` on, of all devices or of one; those of this moment too. */
  async list(limit: number, place?: FailedLoginPlace, numId?: number): Promise<readonly FailedLoginRecord[]> {
    await this.flush();
    return listFailedLogins(this.#database.executor, { limit, place, numId });
  }

  /** Writes what waits. Does not reject: what cannot be written waits on. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
  }

  async #write(): Promise<void> {
    const logins = [...this.#waiting.known.values(), ...this.#waiting.unknown.values()];
    if (logins.length === 0) return;
    this.#waiting = { known: new Map(), unknown: new Map() };
    try {
      await this.#database.transaction((executor) => addFailedLogins(executor, logins));
    } catch (error) {
      this.#logger.error({ err: error }, 'failed logins could not be written; they are kept for the next try');
      for (const login of logins) this.#add(login);
    }
  }

  #add(login: NewFailedLogin): void {
    const kind = login.numId === undefined ? 'unknown' : 'known';
    const waiting = this.#waiting[kind];
    const key = JSON.stringify([login.numId ?? login.device, login.address, login.code]);
    const known = waiting.get(key);
    if (known === undefined && waiting.size >= WAITING_LIMITS[kind]) return;
    waiting.set(key, known === undefined ? login : together(known, login));
    if (!this.#isClosed) this.#timer ??= this.#clock.setTimer(WRITE_MS, () => void this.flush());
  }
}

function together(one: NewFailedLogin, other: NewFailedLogin): NewFailedLogin {
  const newer = other.lastAtMs >= one.lastAtMs ? other : one;
  const firstAtMs = Math.min(one.firstAtMs, other.firstAtMs);
  return { ...newer, firstAtMs, count: one.count + other.count };
}
