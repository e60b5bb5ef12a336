import type { ApiClient } from '@mkiot/core/api/client';
import type { EventLog } from '@mkiot/server/events/eventLog';
import { expectEqual } from '../demoErrors.ts';
import type { Tell } from '../demoReport.ts';

/** A subscription from the time before the first message, read to the end as a program of a user would. */
export interface DemoSubscription {
  readonly id: string;
  /** Number in the event log of the first event that it has to bring. */
  readonly firstSequence: number;
}

export async function makeSubscription(
  admin: ApiClient,
  project: string,
  id: string,
  log: EventLog,
): Promise<DemoSubscription> {
  await admin.subscriptions.create(project, id);
  return { id, firstSequence: log.lastCommitted + 1 };
}

/** Pulls and acknowledges everything there is, and looks for gaps. */
export async function subscriptionStep(
  tell: Tell,
  admin: ApiClient,
  project: string,
  { id, firstSequence }: DemoSubscription,
  log: EventLog,
): Promise<void> {
  const last = log.lastCommitted;
  const pulled = new Set<number>();
  let calls = 0;
  while (!pulled.has(last)) {
    const { receivedMessages } = await admin.subscriptions.pull(project, id, { maxMessages: 100 });
    calls += 1;
    for (const { message } of receivedMessages) pulled.add(Number(message.messageId));
    const ackIds = receivedMessages.map(({ ackId }) => ackId);
    await admin.subscriptions.acknowledge(project, id, ackIds);
  }
  const expected = last - firstSequence + 1;
  const found = [...pulled].filter((sequence) => sequence >= firstSequence && sequence <= last).length;
  expectEqual(`Events ${firstSequence} to ${last} through the subscription`, found, expected);
  tell(`subscription "${id}", made before the first message: ${found} events in ${calls} pulls, each acknowledged`);
  tell(`every event from ${firstSequence} to ${last} was there`);
}
