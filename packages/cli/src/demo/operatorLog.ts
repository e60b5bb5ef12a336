import { createLogger } from '@mkiot/server/runtime/logger';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { DemoPorts } from './demoPorts.ts';
import { Trace } from './trace.ts';

/** One line of the log, by its members. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** The platform's log: what an operator would read, in a file, and for the steps that show what stands in it. */
export class OperatorLog {
  readonly logger: ReturnType<typeof createLogger>;
  readonly entries: Trace<LogEntry>;
  #waiting: string[] = [];
  #file: WriteStream | undefined;

  constructor(ports: Pick<DemoPorts, 'clock' | 'signal'>) {
    this.entries = new Trace(ports);
    this.logger = createLogger({ level: 'info', format: 'json' }, ports.clock, {
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
    // A full disk shows in the steps; the lines that it costs must not end the demo.
    this.#file.on('error', () => undefined);
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
