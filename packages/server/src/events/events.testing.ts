import type { VirtualClock } from '@mkiot/core/clock/virtualClock';
import { AuditTrail } from '../auditTrail/auditTrail.ts';
import { auditTrailMigrations } from '../auditTrail/migrations.ts';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { PUMP } from './appended.testing.ts';
import type { SegmentLog } from './segmentLog/segmentLog.ts';
import { LogBench } from './segmentLog/segmentLog.testing.ts';
import { eventsMigrations } from './migrations.ts';
import type { SubscriptionFields } from './model.ts';
import { SubscriptionService } from './subscriptionService.ts';

export const ADMIN = 'token:1 (test)';
export const BILLING = { project: PUMP.project, subscription: 'billing' };
export const EVERYTHING: SubscriptionFields = {
  registry: undefined,
  device: undefined,
  ackDeadlineSeconds: 10,
  hold: false,
};

/** The events slice over a log and a database in memory. `await using bench = await EventsBench.open()`. */
export class EventsBench implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly auditTrail: AuditTrail;
  readonly logBench: LogBench;
  readonly database: Database;
  log: SegmentLog;
  subscriptions: SubscriptionService;

  private constructor(logBench: LogBench, log: SegmentLog, database: Database) {
    this.logBench = logBench;
    this.clock = logBench.clock;
    this.log = log;
    this.database = database;
    this.auditTrail = new AuditTrail(database, new Uint8Array(32), this.clock);
    this.subscriptions = this.#newService();
  }

  static async open(): Promise<EventsBench> {
    const logBench = new LogBench();
    const database = new Database(':memory:');
    await migrate(database, ':memory:', { ...auditTrailMigrations, ...eventsMigrations });
    return new EventsBench(logBench, await logBench.open(), database);
  }

  /** A new process on the same log and database. */
  async restart(): Promise<void> {
    await this.log.close();
    this.log = await this.logBench.open();
    this.subscriptions = this.#newService();
  }

  /** Payloads of one pull that does not wait, with their acknowledgement ids. */
  async pull(maxEvents = 100, subscription = BILLING): Promise<Map<string, string>> {
    const { events } = await this.subscriptions.pull(subscription, maxEvents, 0, new AbortController().signal);
    return new Map(events.map(({ ackId, event }) => [Buffer.from(event.payload).toString(), ackId]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log.close();
    await this.database.close();
  }

  #newService(): SubscriptionService {
    const { database, auditTrail, log, clock, logBench } = this;
    return new SubscriptionService({ database, auditTrail, log, clock, randomFill, reports: logBench.reports });
  }
}
