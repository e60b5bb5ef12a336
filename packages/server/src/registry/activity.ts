import type { ErrorStatus } from '@mkiot/core/api/resources';
import type { Clock, Timer } from '@mkiot/core/clock/clock';
import { setImmediate } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../store/database.ts';
import type { RegistryTables } from './migrations.ts';

/** What a device was last seen doing, with the column that keeps the moment. */
export const ACTIVITIES = {
  heartbeat: 'last_heartbeat_ms',
  event: 'last_event_ms',
  state: 'last_state_ms',
  configAck: 'last_config_ack_ms',
  configSend: 'last_config_send_ms',
} as const;

export type Activity = keyof typeof ACTIVITIES;

/** When a device did what, milliseconds since 1970; what never happened is absent. */
export type DeviceActivity = {
  [Name in Activity]?: number;
} & { error?: { readonly atMs: number; readonly status: ErrorStatus } };

/** A write of so many takes some five milliseconds. */
const DEVICES_A_WRITE = 1_000;

const KINDS = Object.keys(ACTIVITIES) as Activity[];

/**
 * Last-seen moments of devices. They change with every event, so they are kept in memory and written together every few
 * seconds; reads see both. A power cut loses what was not yet written, which IoT Core's "may lag" allows.
 */
export class DeviceActivities {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #onWriteFailed: (error: unknown) => void;
  #unwritten = new Map<number, DeviceActivity>();
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param onWriteFailed told why a batch could not be written; it is kept for the next one */
  constructor(database: Database, clock: Clock, onWriteFailed: (error: unknown) => void, intervalMs = 5_000) {
    this.#database = database;
    this.#clock = clock;
    this.#onWriteFailed = onWriteFailed;
    this.#intervalMs = intervalMs;
  }

  /** Notes that the device did something at `atMs`. Costs no disk access. */
  mark(numId: number, activity: Activity, atMs: number): void {
    this.#entry(numId)[activity] = atMs;
  }

  /** Notes what went wrong with the device last; `status.message` is for the operator and holds no secret. */
  markError(numId: number, status: ErrorStatus, atMs: number): void {
    this.#entry(numId).error = { status, atMs };
  }

  /** Activity of each of the devices, as of now. */
  async read(numIds: readonly number[]): Promise<ReadonlyMap<number, DeviceActivity>> {
    // Taken before and after the query: a batch may move to the database while it runs.
    const before = new Map(numIds.map((numId) => [numId, { ...this.#unwritten.get(numId) }]));
    const rows = await this.#tables()
      .selectFrom('device_activity')
      .selectAll()
      .where(sql<boolean>`num_id in (select value from json_each(${JSON.stringify(numIds)}))`)
      .execute();
    const written = new Map(rows.map((row) => [row.num_id, activityOf(row)]));
    return new Map(
      numIds.map((numId) => [numId, { ...written.get(numId), ...before.get(numId), ...this.#unwritten.get(numId) }]),
    );
  }

  /** Writes what waits. Does not reject: what cannot be written waits on. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Writes what waits and takes no more timers. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  #entry(numId: number): DeviceActivity {
    let entry = this.#unwritten.get(numId);
    if (entry === undefined) this.#unwritten.set(numId, (entry = {}));
    this.#setTimer();
    return entry;
  }

  #setTimer(): void {
    if (this.#closed) return;
    this.#timer ??= this.#clock.setTimer(this.#intervalMs, () => void this.flush());
  }

  async #write(): Promise<void> {
    const waiting = [...this.#unwritten.keys()];
    for (let start = 0; start < waiting.length; start += DEVICES_A_WRITE) {
      const numIds = waiting.slice(start, start + DEVICES_A_WRITE);
      const batch = new Map(numIds.map((numId) => [numId, { ...this.#unwritten.get(numId) }]));
      try {
        await this.#upsert(batch);
      } catch (error) {
        this.#onWriteFailed(error);
        this.#setTimer();
        return;
      }
      for (const [numId, written] of batch) this.#forget(numId, written);
      // SQLite answers without leaving the event loop: devices come first.
      await setImmediate();
    }
  }

  /** What was marked while the batch was being written stays for the next one. */
  #forget(numId: number, written: DeviceActivity): void {
    const entry = this.#unwritten.get(numId) ?? {};
    for (const kind of [...KINDS, 'error'] as const) if (entry[kind] === written[kind]) delete entry[kind];
    if (Object.keys(entry).length === 0) this.#unwritten.delete(numId);
  }

  /** One statement for the whole batch; devices that are gone meanwhile fall out in the join. */
  async #upsert(batch: ReadonlyMap<number, DeviceActivity>): Promise<void> {
    const columns = [...Object.values(ACTIVITIES), 'last_error_ms', 'last_error_code', 'last_error_message'];
    const values = columns.map((column) => sql`seen.value ->> ${sql.lit(column)}`);
    const newest = columns.map(
      (column) => sql`${sql.ref(column)} = coalesce(excluded.${sql.ref(column)}, ${sql.ref(column)})`,
    );
    const rows = [...batch].map(([numId, activity]) => ({ num_id: numId, ...columnsOf(activity) }));
    await sql`
      insert into device_activity (num_id, ${sql.join(columns.map((column) => sql.ref(column)))})
      select device.num_id, ${sql.join(values)}
      from json_each(${JSON.stringify(rows)}) as seen
      join device on device.num_id = seen.value ->> 'num_id'
      where true
      on conflict (num_id) do update set ${sql.join(newest)}`.execute(this.#tables());
  }

  #tables(): Kysely<RegistryTables> {
    return this.#database.executor.$extendTables<RegistryTables>();
  }
}

function columnsOf(activity: DeviceActivity): Record<string, number | string | undefined> {
  const { error } = activity;
  return {
    ...Object.fromEntries(KINDS.map((kind) => [ACTIVITIES[kind], activity[kind]])),
    last_error_ms: error?.atMs,
    last_error_code: error?.status.code,
    last_error_message: error?.status.message,
  };
}

function activityOf(row: RegistryTables['device_activity']): DeviceActivity {
  const activity: DeviceActivity = {};
  for (const kind of KINDS) {
    const atMs = row[ACTIVITIES[kind]];
    if (atMs !== null) activity[kind] = atMs;
  }
  const { last_error_ms: atMs, last_error_code: code, last_error_message: message } = row;
  if (atMs !== null) activity.error = { atMs, status: { code: code ?? 0, message: message ?? '' } };
  return activity;
}
