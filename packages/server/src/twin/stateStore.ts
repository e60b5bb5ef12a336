import { type Kysely, type Selectable, sql } from 'kysely';
import type { Executor } from '../store/database.ts';
import type { TwinTables } from './migrations.ts';
import type { ReportedState } from './model.ts';

/** A state on its way to the disk. */
export interface NewState extends ReportedState {
  readonly numId: number;
}

/** States of a device, newest first, at most `limit`. */
export async function listStates(executor: Executor, numId: number, limit: number): Promise<readonly ReportedState[]> {
  const rows = await tablesOf(executor)
    .selectFrom('device_state')
    .selectAll()
    .where('num_id', '=', numId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(stateOf);
}

/**
 * Adds states in their order and drops those of the same devices that are more than `kept` old: two statements however
 * many there are. A state of a device that has been deleted meanwhile falls out.
 */
export async function insertStates(executor: Executor, states: readonly NewState[], kept: number): Promise<void> {
  const numIds = JSON.stringify(states.map(({ numId }) => numId));
  const rows = states.map(({ numId, updateMs, payload }) => sql`(${numId}, ${updateMs}, ${payload})`);
  await sql`
    insert into device_state (num_id, update_ms, payload)
    select column1, column2, column3 from (values ${sql.join(rows)}) where column1 in (select num_id from device)
    `.execute(executor);
  await sql`
    delete from device_state where id in (
      select id from (
        select id, row_number() over (partition by num_id order by id desc) as place
        from device_state where num_id in (select value from json_each(${numIds}))
      ) where place > ${kept}
    )`.execute(executor);
}

function stateOf(row: Selectable<TwinTables['device_state']>): ReportedState {
  return { updateMs: row.update_ms, payload: row.payload };
}

function tablesOf(executor: Executor): Kysely<TwinTables> {
  return executor.$extendTables<TwinTables>();
}
