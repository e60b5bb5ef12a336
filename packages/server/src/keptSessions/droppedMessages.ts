import type { Clock } from '@mkiot/core/clock/clock';
import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { DroppedMessage } from '../bridge/hooks.ts';
import type { Database } from '../store/database.ts';
import type { KeptSessionTables } from './migrations.ts';

/** How many drops of a device can be looked up. */
const KEPT_PER_DEVICE = 20;

/** A dropped message with the time of its drop, wall clock. */
export interface DropRecord extends Omit<DroppedMessage, 'key' | 'deviceId' | 'expiresAtMs'> {
  readonly droppedAtMs: number;
}

/** Tells the owner of a device what was dropped: a line in the log, and the last few for the API. */
export class DroppedMessages {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #logger: Pick<Logger, 'warn' | 'error'>;
  readonly #writing = new Set<Promise<void>>();

  constructor(database: Database, clock: Clock, logger: Pick<Logger, 'warn' | 'error'>) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Notes a drop; nobody waits for it. */
  dropped(message: DroppedMessage): void {
    const { key: deviceNumId, deviceId: device, kind, sequence, reason } = message;
    this.#logger.warn({ device, deviceNumId, kind, sequence, reason }, 'a message to a device was dropped');
    const writing = this.#write(message, this.#clock.now()).catch((error: unknown) => {
      this.#logger.error({ deviceNumId, err: error }, 'a dropped message could not be noted');
    });
    this.#writing.add(writing);
    void writing.then(() => this.#writing.delete(writing));
  }

  /** The last ones of a device, newest first. */
  async of(numId: number): Promise<readonly DropRecord[]> {
    const rows = await this.#tables(this.#database.executor)
      .selectFrom('dropped_message')
      .selectAll()
      .where('num_id', '=', numId)
      .orderBy('id', 'desc')
      .execute();
    return rows.map((row) => ({
      sequence: row.sequence,
      kind: row.kind,
      subfolder: row.subfolder,
      payloadBytes: row.payload_bytes,
      queuedAtMs: row.queued_at_ms,
      droppedAtMs: row.dropped_at_ms,
      reason: row.reason as DropRecord['reason'],
      wasSent: row.was_sent === 1,
    }));
  }

  /** Resolves when every drop so far is noted. */
  async idle(): Promise<void> {
    await Promise.all(this.#writing);
  }

  #write(message: DroppedMessage, droppedAtMs: number): Promise<void> {
    return this.#database.transaction(async (executor) => {
      const tables = this.#tables(executor);
      await tables
        .insertInto('dropped_message')
        .values({
          num_id: message.key,
          sequence: message.sequence,
          kind: message.kind,
          subfolder: message.subfolder,
          payload_bytes: message.payloadBytes,
          queued_at_ms: message.queuedAtMs,
          dropped_at_ms: droppedAtMs,
          reason: message.reason,
          was_sent: Number(message.wasSent),
        })
        .execute();
      await sql`
        delete from dropped_message where num_id = ${message.key} and id not in (
          select id from dropped_message where num_id = ${message.key} order by id desc limit ${KEPT_PER_DEVICE}
        )`.execute(executor);
    });
  }

  #tables(executor: Database['executor']): Kysely<KeptSessionTables> {
    return executor.$extendTables<KeptSessionTables>();
  }
}
