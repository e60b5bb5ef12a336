import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const SHOWN_CHARACTERS = 2_000;
/** How long a process may take for its orderly end. */
const END_MS = 20_000;

/** A child process bound to one core. Disposing it ends it and waits for its end. */
export class BoundProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Resolves at its end to how it ended: `exit code 0`, `SIGKILL`, or why it could not be started. */
  readonly ended: Promise<string>;
  #isOver = false;
  #output = '';
  #errors = '';
  /** Settles when there is more output, or the end. */
  #more = Promise.withResolvers<void>();

  /**
   * @param input for its standard input
   * @param signal ends the process when it is aborted
   */
  constructor(core: number, command: readonly string[], signal: AbortSignal, input = '') {
    signal.throwIfAborted();
    // In a process group of its own: Ctrl-C asks this process, which ends the others in their order. taskset becomes the
    // program that it starts, so the process id is the program's.
    const child = spawn('taskset', ['--cpu-list', String(core), ...command], { detached: true });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
      this.#tellMore();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString();
      this.#tellMore();
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const end = (): void => this.end();
    signal.addEventListener('abort', end);
    this.ended = once(child, 'close').then(
      ([code, signal]) => String(signal ?? `exit code ${code}`),
      (error: Error) => error.message,
    );
    void this.ended.then(() => {
      signal.removeEventListener('abort', end);
      this.#isOver = true;
      this.#tellMore();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Everything on its standard output so far. */
  get output(): string {
    return this.#output;
  }

  /** The last lines that it has written to show a person. */
  get lastWords(): string {
    return `${this.#output}${this.#errors}`.slice(-SHOWN_CHARACTERS).trim();
  }

  /** What `read` makes of what it has written, as soon as it makes something; undefined when it has ended without. */
  async says<Value>(read: (output: string, errors: string) => Value | undefined): Promise<Value | undefined> {
    for (;;) {
      const { promise: more } = this.#more;
      const value = read(this.#output, this.#errors);
      if (value !== undefined || this.#isOver) return value;
      await more;
    }
  }

  /** Asks it to end. */
  end(): void {
    this.#child.kill('SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.end();
    const patience = new AbortController();
    const tooLate = pause(END_MS, true, { signal: patience.signal }).catch(() => false);
    if (await Promise.race([tooLate, this.ended.then(() => false)])) this.#child.kill('SIGKILL');
    patience.abort();
    await this.ended;
  }

  #tellMore(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }
}
