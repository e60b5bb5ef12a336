import { utf8Decode } from '@mkiot/core/bytes/bytes';
import { delay } from '@mkiot/core/clock/clock';
import type { EventLog } from '@mkiot/server/events/eventLog';
import type { DemoBoard } from '../demoBoard.ts';
import { expectEqual } from '../demoErrors.ts';
import type { DemoPorts } from '../demoPorts.ts';
import type { Tell } from '../demoReport.ts';
import { eventsOf } from '../eventsOf.ts';
import type { Wire } from '../wire.ts';

/** How long the board has no network. */
const OUTAGE_MS = 2_000;

/** Telemetry that goes through the outbox and shares its numbers. */
const STORED: ReadonlySet<string> = new Set(['sensors', 'position']);

/** Cuts the wire of a board for a while, and looks in the log for what it measured meanwhile. */
export async function storeAndForwardStep(
  tell: Tell,
  log: EventLog,
  board: DemoBoard,
  wire: Wire,
  { clock, signal }: DemoPorts,
): Promise<void> {
  const cutMs = clock.now();
  const from = board.events.length;
  wire.cut();
  await board.event('disconnected', from);
  await delay(clock, OUTAGE_MS, signal);
  signal.throwIfAborted();
  const mendedMs = clock.now();
  wire.mend();
  await board.event('connected', from);
  tell(`the wire of ${board.id} was cut for ${mendedMs - cutMs} ms; it came back ${clock.now() - mendedMs} ms later`);

  // Messages go out oldest first: when one from after the cut is acknowledged, all from before it have been.
  const isNewer = ({ payload }: { payload: Uint8Array }): boolean => messageIn(payload).timeMs > mendedMs;
  const newer = await board.event('published', from, isNewer);
  await board.event('acknowledged', from, ({ sequence }) => sequence === newer.sequence);

  const sequences = new Set<number>();
  let delayed = 0;
  for await (const { subfolder, payload, receivedAtMs } of eventsOf(log, board.id, log.firstKept)) {
    if (!STORED.has(subfolder)) continue;
    const { sequence, timeMs } = messageIn(payload);
    if (timeMs >= cutMs && timeMs < mendedMs && receivedAtMs >= mendedMs && !sequences.has(sequence)) delayed += 1;
    sequences.add(sequence);
  }
  const [first, last] = [Math.min(...sequences), newer.sequence];
  expectEqual(`Messages ${first} to ${last} in the log`, countBetween(sequences, first, last), last - first + 1);
  expectEqual('Something was stored and forwarded', delayed > 0, true);
  tell(`${delayed} messages that it measured meanwhile have come after the cut`);
  tell(`the event log has its messages ${first} to ${last} without a gap`);
}

/** The number and time that the board itself has written into its telemetry. */
function messageIn(payload: Uint8Array): { readonly sequence: number; readonly timeMs: number } {
  const { sequence, time } = JSON.parse(utf8Decode(payload)) as { sequence: number; time: string };
  return { sequence, timeMs: Date.parse(time) };
}

function countBetween(sequences: ReadonlySet<number>, first: number, last: number): number {
  return [...sequences].filter((sequence) => sequence >= first && sequence <= last).length;
}
