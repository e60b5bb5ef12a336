import type { ErrorStatus } from '@mkiot/core/api/resources';
import type { Clock } from '@mkiot/core/clock/clock';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../store/database.ts';
import { WriteBehind } from '../store/writeBehind.ts';
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
} & {
  error?: { readonly atMs: number; readonly status: ErrorStatus };
  /** The gateway that it went through last. */
  gateway?: { readonly atMs: number; readonly id: string };
};

const ERROR_COLUMNS = ['last_error_ms', 'last_error_code', 'last_error_message'] as const;
const GATEWAY_COLUMNS = ['last_gateway_ms', 'last_gateway_id'] as const;

const KINDS = Object.keys(ACTIVITIES) as Activity[];

/**
 * Last-seen moments of devices. They change with every event, so they are written behind. A power cut loses those of the
 * last few seconds, which IoT Core's "may lag" allows.
 */
export class DeviceActivities {
  readonly #database: Database;
  readonly #facts: WriteBehind<DeviceActivity>;

  /** @param onWriteFailed told why a batch could not be written; it is kept for the next one */
  constructor(database: Database, clock: Clock, onWriteFailed: (error: unknown) => void, intervalMs = 5_000) {
    this.#database = database;
    this.#facts = new WriteBehind({
      clock,
      intervalMs,
      write: (batch) => this.#upsert(batch),
      onFailed: onWriteFailed,
    });
  }

  /** Notes that the device did something at `atMs`. Costs no disk access. */
  mark(numId: number, activity: Activity, atMs: number): void {
    this.#facts.note(numId, activity, atMs);
  }

  /** Notes what went wrong with the device last; `status.message` is for the operator and holds no secret. */
  markError(numId: number, status: ErrorStatus, atMs: number): void {
    this.#facts.note(numId, 'error', { status, atMs });
  }

  /** Notes that the device went through a gateway. */
  markGateway(numId: number, id: string, atMs: number): void {
    this.#facts.note(numId, 'gateway', { id, atMs });
  }

  /** Activity of each of the devices, as of now. */
  read(numIds: readonly number[]): Promise<ReadonlyMap<number, DeviceActivity>> {
    return this.#facts.readThrough(numIds, (keys) => this.#stored(keys), Object.assign);
  }

  /** Writes what waits. Does not reject: what cannot be written waits on. */
  flush(): Promise<void> {
    return this.#facts.flush();
  }

  /** Writes what waits and sets no more timers. */
  close(): Promise<void> {
    return this.#facts.close();
  }

  async #stored(numIds: readonly number[]): Promise<ReadonlyMap<number, DeviceActivity>> {
    const rows = await this.#tables()
      .selectFrom('device_activity')
      .selectAll()
      .where(sql<boolean>`num_id in (select value from json_each(${JSON.stringify(numIds)}))`)
      .execute();
    return new Map(rows.map((row) => [row.num_id, activityOf(row)]));
  }

  /** One statement for the whole batch; devices that are gone meanwhile fall out in the join. */
  async #upsert(batch: ReadonlyMap<number, DeviceActivity>): Promise<void> {
    const columns = [...Object.values(ACTIVITIES), ...ERROR_COLUMNS, ...GATEWAY_COLUMNS];
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
  const { error, gateway } = activity;
  return {
    ...Object.fromEntries(KINDS.map((kind) => [ACTIVITIES[kind], activity[kind]])),
    last_error_ms: error?.atMs,
    last_error_code: error?.status.code,
    last_error_message: error?.status.message,
    last_gateway_ms: gateway?.atMs,
    last_gateway_id: gateway?.id,
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
  const { last_gateway_ms: gatewayMs, last_gateway_id: gatewayId } = row;
  if (gatewayMs !== null) activity.gateway = { atMs: gatewayMs, id: gatewayId ?? '' };
  return activity;
}
