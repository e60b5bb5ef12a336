import type { Clock } from '@mkiot/core/clock/clock';
import type { Output } from '../output/output.ts';
import type { CliPorts } from '../ports.ts';
import { printable } from '../output/printable.ts';
import { demoError } from './demoErrors.ts';

/** Adds a line of evidence to the step that runs; in colour where the terminal has it. */
export type Tell = (evidence: string, colour?: 'green' | 'red') => void;

interface Evidence {
  readonly text: string;
  readonly colour: 'green' | 'red' | undefined;
}

const TOLD_OF_MANY = 3;

/** Tells of the first few of `items`, and how many more there are. */
export function tellSome<Item>(tell: Tell, items: readonly Item[], evidence: (item: Item) => string): void {
  for (const item of items.slice(0, TOLD_OF_MANY)) tell(evidence(item));
  if (items.length > TOLD_OF_MANY) tell(`… and ${items.length - TOLD_OF_MANY} more`);
}

const STYLES = { bold: '1', dim: '2', green: '32', red: '31' } as const;

/** Prints the steps of the demo as they are done, each with its evidence. */
export class DemoReport {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #hasColours: boolean;
  #steps = 0;

  constructor(output: Output, { clock, signal, output: terminal, environment }: CliPorts) {
    this.#output = output;
    this.#clock = clock;
    this.#signal = signal;
    // https://no-color.org
    this.#hasColours = terminal.isTerminal && !environment['NO_COLOR'];
  }

  /** How many steps are done. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Runs one step and prints it with its evidence, also when it fails. @throws `DEMO_STEP_FAILED`, or the reason of the
   * interruption
   */
  async step<Result>(title: string, work: (tell: Tell) => Promise<Result>): Promise<Result> {
    const number = this.#steps + 1;
    const evidence: Evidence[] = [];
    const startedMs = this.#clock.monotonic();
    try {
      const result = await unlessAborted(
        this.#signal,
        work((text, colour) => evidence.push({ text, colour })),
      );
      await this.#print(number, title, evidence, startedMs, true);
      this.#steps = number;
      return result;
    } catch (error) {
      this.#signal.throwIfAborted();
      await this.#print(number, title, evidence, startedMs, false);
      throw demoError('DEMO_STEP_FAILED', { number, title, reason: (error as Error).message }, error);
    }
  }

  #styled(style: keyof typeof STYLES, text: string): string {
    return this.#hasColours ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
  }

  async #print(step: number, title: string, told: Evidence[], startedMs: number, done: boolean): Promise<void> {
    const tookMs = Math.round(this.#clock.monotonic() - startedMs);
    const mark = done ? this.#styled('green', '✓') : this.#styled('red', '✗');
    const head = `${mark} ${String(step).padStart(2)}  ${this.#styled('bold', title)} ${this.#styled('dim', `(${tookMs} ms)`)}`;
    const lines = told.map(({ text, colour }) => {
      const line = printable(text);
      return `      ${colour === undefined ? line : this.#styled(colour, line)}`;
    });
    const evidence = told.map(({ text }) => text);
    await this.#output.item({ step, title, done, tookMs, evidence }, [head, ...lines].join('\n'));
  }
}

/** What `work` resolves to; rejects at once when `signal` is aborted. */
async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
