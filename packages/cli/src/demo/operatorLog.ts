import type { Clock } from '@mkiot/core/clock/clock';
import { createLogger } from '@mkiot/server/runtime/logger';
import { createWriteStream, type WriteStream } from 'node:fs';
import { Trace } from './trace.ts';

/** One line of the log, by its members. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** The platform's log: what an operator would read, in a file, and for the steps that show what stands in it. */
export class OperatorLog {
  readonly logger: ReturnType<typeof createLogger>;
  readonly entries: Trace<LogEntry>;
  #waiting: string[] = [];
  #file: WriteStream | undefined;

  constructor(clock: Clock) {
    this.entries = new Trace(clock);
    this.logger = createLogger({ level: 'info', format: 'json' }, clock, {
      write: (line) => {
        this.entries.add(JSON.parse(line) as LogEntry);
        if (this.#file === undefined) this.#waiting.push(line);
        else this.#file.write(line);
      },
    });
  }

  /** Writes what was logged so far and from now on to `path`: the data folder is made only by the start that logs. */
  writeTo(path: string): void {
    this.#file = createWriteStream(path, { mode: 0o600, flags: 'a' });
    this.#file.write(this.#waiting.join(''));
    this.#waiting = [];
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#file === undefined) resolve();
      else this.#file.end(() => resolve());
    });
  }
}
