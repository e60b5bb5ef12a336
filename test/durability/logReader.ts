import { systemClock } from '@mkiot/core/clock/systemClock';
import { SegmentLog } from '@mkiot/server/events/segmentLog/segmentLog';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import { nodeFileSystem } from '@mkiot/server/runtime/nodeFileSystem';
import { join } from 'node:path';
import type { FoundEvent } from './eventCheck.ts';

const PAGE_EVENTS = 10_000;
const MEBIBYTE = 1_048_576;

/**
 * Reads the event log in a data folder that no platform runs on, recovering it as a start does.
 *
 * @param damaged told the code of what is damaged; a torn tail is none
 */
export async function* readLog(dataFolder: string, damaged: (code: string) => void): AsyncGenerator<FoundEvent> {
  await using opened = new AsyncDisposableStack();
  const log = await SegmentLog.open({
    directory: join(dataFolder, 'events'),
    fileSystem: nodeFileSystem,
    clock: systemClock,
    random: randomFill,
    reports: {
      problem: ({ code }) => code === 'EVENT_LOG_TORN_TAIL' || damaged(code),
      recovered: () => undefined,
    },
    segmentBytes: 64 * MEBIBYTE,
    saturatingBytes: 16 * MEBIBYTE,
  });
  opened.adopt(log, (it) => it.close());
  for (let next = log.firstKept; next <= log.lastCommitted;) {
    const page = await log.read(next, PAGE_EVENTS);
    for (const { sequence, deviceId, payload } of page.events) {
      yield { sequence, device: deviceId, text: Buffer.from(payload).toString() };
    }
    next = page.next;
  }
}
