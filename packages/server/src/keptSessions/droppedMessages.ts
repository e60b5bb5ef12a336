import type { Clock } from '@mkiot/core/clock/clock';
import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { DroppedMessage } from '../bridge/keptSessionLink.ts';
import type { Database, Executor } from '../store/database.ts';
import { GroupCommit } from '../store/groupCommit.ts';
import type { KeptSessionTables } from './migrations.ts';

/** How many drops of a device can be looked up. */
const KEPT_PER_DEVICE = 20;

/** A dropped message with the time of its drop, wall clock. */
export interface DropRecord extends Omit<DroppedMessage, 'key' | 'deviceId' | 'expiresAtMs'> {
  readonly droppedAtMs: number;
}

/** What is to be written: a drop, or that a device is deleted. */
type Note = { readonly message: DroppedMessage; readonly droppedAtMs: number } | { readonly deletedNumId: number };

/** Tells the owner of a device what was dropped: a line in the log, and the last few for the API. */
export class DroppedMessages {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #logger: Pick<Logger, 'warn' | 'error'>;
  readonly #notes: GroupCommit<Note>;

  constructor(database: Database, clock: Clock, logger: Pick<Logger, 'warn' | 'error'>) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
    this.#notes = new GroupCommit<Note>({
      database,
      batch: 1_000,
      write: writeNotes,
      settled: (notes, error) => {
        if (error !== undefined) this.#logger.error({ notes: notes.length, err: error }, 'drops were not noted');
      },
    });
  }

  /** Notes a drop; nobody waits for it. */
  dropped(message: DroppedMessage): void {
    const { key: deviceNumId, deviceId: device, kind, sequence, reason } = message;
    this.#logger.warn({ device, deviceNumId, kind, sequence, reason }, 'a message to a device was dropped');
    this.#notes.add({ message, droppedAtMs: this.#clock.now() });
  }

  /** The device is deleted: nobody will ask any more. */
  forget(numId: number): void {
    this.#notes.add({ deletedNumId: numId });
  }

  /** The last ones of a device, newest first. */
  async of(numId: number): Promise<readonly DropRecord[]> {
    const rows = await tablesOf(this.#database.executor)
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
  idle(): Promise<void> {
    return this.#notes.idle();
  }
}

async function writeNotes(executor: Executor, notes: readonly Note[]): Promise<void> {
  const numIds = new Set<number>();
  for (const note of notes) {
    if ('deletedNumId' in note) {
      await tablesOf(executor).deleteFrom('dropped_message').where('num_id', '=', note.deletedNumId).execute();
      continue;
    }
    const { message, droppedAtMs } = note;
    numIds.add(message.key);
    await tablesOf(executor)
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
  }
  for (const numId of numIds) {
    await sql`
      delete from dropped_message where num_id = ${numId} and id not in (
        select id from dropped_message where num_id = ${numId} order by id desc limit ${KEPT_PER_DEVICE}
      )`.execute(executor);
  }
}

function tablesOf(executor: Executor): Kysely<KeptSessionTables> {
  return executor.$extendTables<KeptSessionTables>();
}
