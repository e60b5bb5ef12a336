import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A line of output: its number, and what the pattern matched in it. */
export interface FoundLine {
  readonly number: number;
  readonly match: RegExpExecArray;
}

/** A running foreign program whose lines a test waits for. `await using` ends it, however the test ends. */
export class Program implements AsyncDisposable {
  readonly #command: string;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  #ended = false;
  /** Resolves when the program has ended and its output has been read. */
  readonly exit: Promise<ProgramExit>;

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#command = command;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const outputs = [this.#child.stdout, this.#child.stderr].map((stream) => {
      if (stream === null) throw new Error('a piped stream is missing');
      const reader = createInterface({ input: stream });
      reader.on('line', (line) => {
        this.#lines.push(line);
        this.#wake();
      });
      return new Promise<void>((resolve) => reader.on('close', () => resolve()));
    });
    const ended = new Promise<ProgramExit>((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('exit', (code, signal) => resolve({ code, signal }));
    });
    this.exit = ended.then(async (exit) => {
      await Promise.all(outputs);
      return exit;
    });
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    this.exit.then(end, end);
  }

  /** Everything it has printed, standard output and standard error as they came. */
  get output(): string {
    return this.#lines.join('\n');
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#command} did not start`);
    return this.#child.pid;
  }

  /**
   * The first line from number `from` on that `pattern` matches, once there is one; rejects if the program ends without it.
   */
  async line(pattern: RegExp, from = 0): Promise<FoundLine> {
    for (let number = from; ; number++) {
      while (number >= this.#lines.length) {
        if (this.#ended) throw new Error(`${this.#command} ended without ${pattern}:\n${this.output}`);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
      const match = pattern.exec(this.#lines[number] ?? '');
      if (match !== null) return { number, match };
    }
  }

  /** How many lines there are: handed to {@link line}, only what comes later is looked at. */
  get lineCount(): number {
    return this.#lines.length;
  }

  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.kill('SIGKILL');
    await this.exit.catch(() => undefined);
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
