import { VirtualClock } from '@mkiot/core/clock/virtualClock';
import type { MkiotError } from '@mkiot/core/errors/mkiotError';
import { MemoryFileSystem } from '../../runtime/memoryFileSystem.testing.ts';
import { NOON } from '../appended.testing.ts';
import type { EventLogReports } from '../eventLogReports.ts';
import { SATURATING_BYTES } from '../eventLog.testing.ts';
import { SegmentLog, type SegmentLogOptions } from './segmentLog.ts';

/** Where a segment log of a test lives, and what it has told the operator. */
export class LogBench {
  readonly clock = new VirtualClock(NOON);
  readonly told: string[] = [];
  readonly problems: MkiotError[] = [];
  readonly reports: EventLogReports = {
    problem: (problem) => {
      this.problems.push(problem);
      this.told.push(problem.code);
    },
    recovered: () => this.told.push('recovered'),
  };
  fileSystem = new MemoryFileSystem();
  segmentBytes = 4_096;

  /** Opens the log in `/data/events`. */
  async open(changed: Partial<SegmentLogOptions> = {}): Promise<SegmentLog> {
    await this.fileSystem.makeDirectory('/data');
    await this.fileSystem.syncDirectory('/');
    return SegmentLog.open({
      directory: '/data/events',
      fileSystem: this.fileSystem,
      clock: this.clock,
      random: countingBytes(),
      reports: this.reports,
      segmentBytes: this.segmentBytes,
      saturatingBytes: SATURATING_BYTES,
      ...changed,
    });
  }
}

/** Random bytes that are not: every call gives other ones. */
function countingBytes(): SegmentLogOptions['random'] {
  let count = 0;
  return (bytes) => bytes.fill(++count);
}
