import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { TrustPorts } from '@mkiot/server/certificates/trustStores';

/** A stream of the terminal that is written to. */
export interface TerminalOutput {
  /** Resolves when `text` has been taken: a slow reader of a pipe slows us, it does not fill our memory. */
  write(text: string): Promise<void>;
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 when there is none. */
  readonly columns: number;
}

/** What is typed or piped in. */
export interface TerminalInput {
  /** A person can be asked. */
  readonly isTerminal: boolean;
  /** Everything until the end of the input. */
  readAll(): Promise<Uint8Array>;
  /** Asks for one line; `secret` does not show what is typed. Only where `isTerminal`. */
  ask(question: string, options?: { readonly secret: boolean }): Promise<string>;
  /** Hears single keys, which are not shown, until it is disposed of; not while a line is asked for. Only where `isTerminal`. */
  onKey(listener: (key: string) => void): Disposable;
}

/** All that the command line knows of the machine it runs on. */
export interface CliPorts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** Undefined where the system has no such ids (Windows). */
  readonly userId: number | undefined;
  readonly input: TerminalInput;
  readonly output: TerminalOutput;
  readonly errorOutput: TerminalOutput;
  /** How the authorities that this system trusts are changed. */
  readonly trustStore: TrustPorts;
  readonly clock: Clock;
  readonly random: RandomFill;
  /** Aborted by Ctrl-C or a request to terminate. */
  readonly signal: AbortSignal;
}
