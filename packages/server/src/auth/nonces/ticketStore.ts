import { sql } from 'kysely';
import type { Executor } from '../../store/database.ts';
import type { TicketTables } from './migrations.ts';

/** A device has the ticket of this number: it has acknowledged it, or used it. */
export interface TicketAcknowledgement {
  readonly numId: number;
  readonly number: number;
}

/** The ticket that a device acknowledged last, by a query that is built once: logins wait for it. */
export function acknowledgedQuery(executor: Executor) {
  const tickets = executor.$extendTables<TicketTables>().selectFrom('device_ticket');
  return tickets.select('acknowledged').where('num_id', '=', 0);
}

/** Notes what devices have. No number goes back, and devices that have been deleted in the meantime are left out. */
export async function acknowledgeTickets(
  executor: Executor,
  acknowledgements: readonly TicketAcknowledgement[],
): Promise<void> {
  await sql`
    insert into device_ticket (num_id, acknowledged)
    select device.num_id, max(had.value ->> 'number')
    from json_each(${JSON.stringify(acknowledgements)}) as had join device on device.num_id = had.value ->> 'numId'
    where true group by device.num_id
    on conflict (num_id) do update set acknowledged = max(acknowledged, excluded.acknowledged)`.execute(executor);
}
