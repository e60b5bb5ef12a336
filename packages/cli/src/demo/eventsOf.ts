import type { EventLog, LoggedEvent } from '@mkiot/server/events/eventLog';

const PAGE_EVENTS = 1_000;

/** The events of one device in the log, from number `sequence` on to what is the last one now. */
export async function* eventsOf(log: EventLog, device: string, sequence: number): AsyncGenerator<LoggedEvent> {
  const last = log.lastCommitted;
  for (let next = sequence; next <= last;) {
    const page = await log.read(next, PAGE_EVENTS);
    for (const event of page.events) {
      if (event.deviceId === device && event.sequence <= last) yield event;
    }
    next = page.next;
  }
}
