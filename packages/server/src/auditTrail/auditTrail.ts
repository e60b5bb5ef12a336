import type { Clock } from '@mkiot/core/clock/clock';
import { timingSafeEqual } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Kysely, Selectable } from 'kysely';
import type { Database, Executor } from '../store/database.ts';
import { auditTrailError } from './auditTrailErrors.ts';
import { emptyHead, formatHead, type Head, KEY_BYTES, macOf, parseHead } from './chain.ts';
import type { AuditTrailTables } from './migrations.ts';
import type { AuditedChange, AuditEntry, AuditVerdict } from './model.ts';

type Row = Selectable<AuditTrailTables['audit_entry']>;

/** Entries that {@link AuditTrail.verify} holds in memory at once. One may have half a megabyte of metadata. */
const WALK_ROWS = 100;

/**
 * Who changed what, when. Each entry carries an HMAC over itself and the MAC of the entry before, so that nobody without
 * the key can change, add or remove one unseen. A cut tail shows only against a head that was kept elsewhere.
 */
export class AuditTrail {
  readonly #database: Database;
  readonly #key: Uint8Array;
  readonly #clock: Clock;

  /** @param key 32 bytes, for this purpose alone */
  constructor(database: Database, key: Uint8Array, clock: Clock) {
    if (key.length !== KEY_BYTES) {
      throw auditTrailError('AUDIT_KEY_UNFIT', { expected: KEY_BYTES, found: key.length });
    }
    this.#database = database;
    this.#key = Uint8Array.from(key);
    this.#clock = clock;
  }

  /** Adds an entry in the transaction of the change, so that there is never the one without the other. */
  async record(executor: Executor, change: AuditedChange): Promise<void> {
    const { principal, action, resource, before, after } = change;
    if (!executor.isTransaction) throw auditTrailError('AUDIT_OUTSIDE_TRANSACTION', { action, resource });
    const tables = tablesOf(executor);
    const previous = await this.#headOf(tables);
    const entry = {
      sequence: previous.sequence + 1,
      time_ms: this.#clock.now(),
      principal,
      action,
      resource,
      before: before === undefined ? null : JSON.stringify(before),
      after: after === undefined ? null : JSON.stringify(after),
    };
    const mac = macOf(this.#key, previous.mac, entry);
    await tables
      .insertInto('audit_entry')
      .values({ ...entry, mac })
      .execute();
  }

  /** Sequence and MAC of the last entry as one text, to be kept where this server's root cannot reach. */
  async head(): Promise<string> {
    return formatHead(await this.#headOf(tablesOf(this.#database.executor)));
  }

  /** Entries, newest first, at most `pageSize`, older than the one numbered `before`. */
  async list(pageSize: number, before = Number.MAX_SAFE_INTEGER): Promise<readonly AuditEntry[]> {
    const rows = await tablesOf(this.#database.executor)
      .selectFrom('audit_entry')
      .selectAll()
      .where('sequence', '<', before)
      .orderBy('sequence', 'desc')
      .limit(pageSize)
      .execute();
    return rows.map(entryOf);
  }

  /**
   * Walks the chain from the first entry to the last and stops at the first fault.
   *
   * @param expectedHead a head that was exported earlier; without it a cut tail cannot be seen
   * @throws `AUDIT_HEAD_MALFORMED`
   */
  async verify(expectedHead?: string): Promise<AuditVerdict> {
    const expected = expectedHead === undefined ? undefined : parseHead(expectedHead);
    let head = emptyHead(this.#key);
    const verdict = (
      kind?: 'FORGED' | 'MISSING' | 'CUT_OFF' | 'REWRITTEN',
      sequence = head.sequence,
    ): AuditVerdict => ({
      intactEntries: head.sequence,
      head: formatHead(head),
      fault: kind === undefined ? undefined : { kind, sequence },
    });
    const isRewritten = (): boolean => head.sequence === expected?.sequence && !sameMac(head.mac, expected.mac);

    if (isRewritten()) return verdict('REWRITTEN');
    for await (const row of this.#walk()) {
      const sequence = head.sequence + 1;
      if (row.sequence > sequence) return verdict('MISSING', sequence);
      const mac = macOf(this.#key, head.mac, row);
      if (row.sequence < sequence || !sameMac(row.mac, mac)) return verdict('FORGED', row.sequence);
      head = { sequence, mac };
      if (isRewritten()) return verdict('REWRITTEN');
    }
    if (expected !== undefined && expected.sequence > head.sequence) return verdict('CUT_OFF', head.sequence + 1);
    return verdict();
  }

  async *#walk(): AsyncGenerator<Row, void, undefined> {
    let last = Number.MIN_SAFE_INTEGER;
    for (;;) {
      const rows = await tablesOf(this.#database.executor)
        .selectFrom('audit_entry')
        .selectAll()
        .where('sequence', '>', last)
        .orderBy('sequence')
        .limit(WALK_ROWS)
        .execute();
      yield* rows;
      const end = rows.at(-1);
      if (end === undefined) return;
      last = end.sequence;
      // SQLite answers without leaving the event loop: a long trail would let nobody else in.
      await setImmediate();
    }
  }

  async #headOf(tables: Kysely<AuditTrailTables>): Promise<Head> {
    const last = tables.selectFrom('audit_entry').select(['sequence', 'mac']).orderBy('sequence', 'desc').limit(1);
    return (await last.executeTakeFirst()) ?? emptyHead(this.#key);
  }
}

function tablesOf(executor: Executor): Kysely<AuditTrailTables> {
  return executor.$extendTables<AuditTrailTables>();
}

function sameMac(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function entryOf(row: Row): AuditEntry {
  return {
    sequence: row.sequence,
    timeMs: row.time_ms,
    principal: row.principal,
    action: row.action,
    resource: row.resource,
    before: jsonOf(row.before),
    after: jsonOf(row.after),
  };
}

function jsonOf(text: string | null): object | undefined {
  return text === null ? undefined : (JSON.parse(text) as object);
}
