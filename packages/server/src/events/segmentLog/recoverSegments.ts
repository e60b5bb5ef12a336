import { dirname, join } from 'node:path';
import type { FileSystem, OpenFile } from '../../runtime/fileSystem.ts';
import type { EventLogReports } from '../eventLogReports.ts';
import { eventsError } from '../eventsErrors.ts';
import { scanSegment } from './scanSegment.ts';
import { Segment } from './segment.ts';
import { decodeSegmentHeader, FORMAT_VERSION, HEADER_BYTES } from './segmentHeader.ts';
import { isDay, parseSegmentName } from './segmentName.ts';

export interface RecoveredSegments {
  /** In the order of their sequences. */
  readonly segments: readonly Segment[];
  readonly lastSequence: number;
}

interface FoundSegment {
  readonly segment: Segment;
  readonly headerIsWhole: boolean;
}

/**
 * Finds the segments of a log and brings the last one, the only one that can have been in use, to the end of its last
 * whole record. Every byte that counts from now on is on disk for good, even if the last process was killed before it
 * could sync.
 *
 * @throws `EVENT_LOG_NEWER`, having changed nothing
 */
export async function recoverSegments(
  directory: string,
  fileSystem: FileSystem,
  reports: EventLogReports,
): Promise<RecoveredSegments> {
  await fileSystem.makeDirectory(directory);
  await fileSystem.syncDirectory(dirname(directory));
  await fileSystem.syncDirectory(directory);

  const found = await findSegments(directory, fileSystem);
  const last = found.pop();
  if (last === undefined) return { segments: [], lastSequence: 0 };

  const segments: Segment[] = [];
  for (const { segment, headerIsWhole } of found) {
    if (segment.durableBytes <= HEADER_BYTES) await fileSystem.removeFile(segment.file);
    else segments.push(segment);
    if (!headerIsWhole && segment.durableBytes > HEADER_BYTES) reportDamagedHeader(segment, reports);
  }
  const lastSequence = await recoverTail(last, fileSystem, reports);
  await fileSystem.syncDirectory(last.segment.directory);
  return { segments: [...segments, last.segment], lastSequence };
}

async function findSegments(directory: string, fileSystem: FileSystem): Promise<FoundSegment[]> {
  const found: FoundSegment[] = [];
  for (const day of (await fileSystem.list(directory)).filter(isDay)) {
    for (const name of await fileSystem.list(join(directory, day))) {
      const header = parseSegmentName(name);
      if (header === undefined) continue;
      const segment = new Segment(directory, day, header, 0);
      await withFile(fileSystem, segment, 'read', async (file) => {
        segment.durableBytes = await file.size();
        found.push({ segment, headerIsWhole: await checkHeader(file, segment) });
      });
    }
  }
  // Two can begin at one sequence: an attempt to begin a segment failed, and so it is empty.
  return found.sort(
    ({ segment: a }, { segment: b }) =>
      a.header.firstSequence - b.header.firstSequence || a.durableBytes - b.durableBytes,
  );
}

async function checkHeader(file: OpenFile, segment: Segment): Promise<boolean> {
  const bytes = new Uint8Array(HEADER_BYTES);
  await file.read(bytes, 0);
  const reading = decodeSegmentHeader(bytes);
  if (reading.kind === 'newer') {
    throw eventsError('EVENT_LOG_NEWER', { file: segment.file, version: reading.version, known: FORMAT_VERSION });
  }
  return reading.kind === 'header';
}

async function recoverTail(
  { segment, headerIsWhole }: FoundSegment,
  fileSystem: FileSystem,
  reports: EventLogReports,
): Promise<number> {
  const { file: path, header } = segment;
  let lastSequence = header.firstSequence - 1;
  await withFile(fileSystem, segment, 'write', async (file) => {
    const size = segment.durableBytes;
    const from = { sequence: header.firstSequence, offset: HEADER_BYTES };
    const wholeUntil = await scanSegment(file, segment, from, size, {
      record: ({ sequence }) => {
        lastSequence = sequence;
        return true;
      },
      damage: (offset, bytes) => reports.problem(eventsError('EVENT_LOG_DAMAGED', { file: path, offset, bytes })),
    });
    const hasRecords = lastSequence >= header.firstSequence;
    if (hasRecords && !headerIsWhole) reportDamagedHeader(segment, reports);
    segment.durableBytes = hasRecords || headerIsWhole ? (wholeUntil ?? HEADER_BYTES) : 0;
    const torn = size - segment.durableBytes;
    if (torn > 0) {
      await file.truncate(segment.durableBytes);
      const context = { file: path, offset: segment.durableBytes, bytes: torn };
      reports.problem(eventsError('EVENT_LOG_TORN_TAIL', context));
    }
    await file.sync();
  });
  return lastSequence;
}

function reportDamagedHeader(segment: Segment, reports: EventLogReports): void {
  reports.problem(eventsError('EVENT_LOG_DAMAGED', { file: segment.file, offset: 0, bytes: HEADER_BYTES }));
}

async function withFile(
  fileSystem: FileSystem,
  segment: Segment,
  access: 'read' | 'write',
  work: (file: OpenFile) => Promise<void>,
): Promise<void> {
  const file = await fileSystem.open(segment.file, access);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
