import { equalBytes, utf8Decode } from '@mkiot/core/bytes/bytes';
import type { EventLog, LoggedEvent } from '@mkiot/server/events/eventLog';
import { open } from 'node:fs/promises';
import type { ServedPlatform } from '../../platform/servePlatform.ts';
import type { DemoBoard } from '../demoBoard.ts';
import { demoError, expectEqual } from '../demoErrors.ts';
import type { Tell } from '../demoReport.ts';
import { eventsOf } from '../eventsOf.ts';

/** So many acknowledgements of each board are waited for. */
const MESSAGES = 8;

/** Measures how long the acknowledgement of telemetry takes, then looks for one message on the disk. */
export async function telemetryStep(tell: Tell, platform: ServedPlatform, boards: readonly DemoBoard[]): Promise<void> {
  const latencies = (await Promise.all(boards.map(latenciesOf))).flat().toSorted((a, b) => a - b);
  tell(`${latencies.length} messages of ${boards.length} boards at QoS 1, each on the disk before its PUBACK`);
  tell(`PUBACK after ${quantile(latencies, 0.5)} (median), ${quantile(latencies, 0.99)} (99 %)`);
  const [board] = boards;
  if (board !== undefined) await findOnDisk(tell, platform, board);
}

async function latenciesOf(board: DemoBoard): Promise<readonly number[]> {
  const from = board.events.length;
  let acknowledged = 0;
  await board.event('acknowledged', from, () => ++acknowledged === MESSAGES);
  return board.events.since(from).flatMap((event) => (event.type === 'acknowledged' ? [event.latencyMs] : []));
}

function quantile(sorted: readonly number[], share: number): string {
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return `${(sorted[index] ?? 0).toFixed(1)} ms`;
}

/** Takes a message that was acknowledged, and compares it with the bytes at its place in its file. */
async function findOnDisk(tell: Tell, { eventLog }: ServedPlatform, board: DemoBoard): Promise<void> {
  const sent = lastAcknowledged(board);
  const logged = await findEvent(eventLog, board, sent);
  const place = logged && (await eventLog.locate(logged.sequence));
  if (place === undefined)
    throw demoError('DEMO_MISSING', { what: 'The acknowledged message', where: 'the event log' });
  tell(`${board.id} sent ${utf8Decode(sent)}`);
  tell(`it is event ${logged?.sequence}, ${place.length} bytes at offset ${place.offset} of ${place.file}`);

  await using file = await open(place.file);
  const { buffer } = await file.read(Buffer.alloc(place.length), 0, place.length, place.offset);
  expectEqual('What was sent, in the bytes at that place', buffer.includes(sent), true);
  tell('the bytes at that place, read from the file itself, hold exactly what was sent');
}

function lastAcknowledged(board: DemoBoard): Uint8Array {
  const happened = board.events.since(0);
  const acknowledged = happened.findLast((event) => event.type === 'acknowledged');
  const sent = happened.find((event) => event.type === 'published' && event.sequence === acknowledged?.sequence);
  if (sent?.type === 'published') return sent.payload;
  throw demoError('DEMO_MISSING', { what: 'An acknowledged message', where: `what ${board.id} told` });
}

async function findEvent(log: EventLog, board: DemoBoard, payload: Uint8Array): Promise<LoggedEvent | undefined> {
  for await (const event of eventsOf(log, board.id, log.firstKept)) {
    if (equalBytes(event.payload, payload)) return event;
  }
  return undefined;
}
