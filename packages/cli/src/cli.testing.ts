import { systemClock } from '@mkiot/core/clock/systemClock';
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliPorts } from './ports.ts';
import { run } from './run.ts';

/** What a test gives a command line beside its words. */
export interface TestPorts {
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: a folder that is not there, so no login is saved and no server runs. */
  readonly homeFolder?: string;
  /** What is piped in. */
  readonly stdin?: string | Uint8Array;
  /** What a person at the terminal answers, in turn; undefined: there is no terminal. */
  readonly answers?: readonly string[];
  /** Is given what presses keys, each time the command begins to hear them. */
  readonly onKeys?: (press: (key: string) => void) => void;
  readonly signal?: AbortSignal;
  readonly columns?: number;
  readonly trustStore?: CliPorts['trustStore'];
  /** Called with all output so far, after each write. */
  readonly onOutput?: (stdout: string) => void;
}

export interface TestResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, as `main.ts` does in its own. */
export async function runCli(commandLine: readonly string[], given: TestPorts = {}): Promise<TestResult> {
  const { answers, columns = 80, stdin = '', signal = new AbortController().signal } = given;
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written): CliPorts['output'] => ({
    isTerminal: answers !== undefined,
    columns,
    async write(text) {
      written[name] += text;
      if (name === 'stdout' && text !== '') given.onOutput?.(written.stdout);
    },
  });
  const waiting = [...(answers ?? [])];
  const exitCode = await run(commandLine, {
    environment: given.environment ?? {},
    homeFolder: given.homeFolder ?? join(tmpdir(), 'mkiot-no-such-home'),
    userId: process.geteuid?.(),
    input: {
      isTerminal: answers !== undefined,
      readAll: async () => (typeof stdin === 'string' ? utf8Encode(stdin) : stdin),
      async ask(question) {
        // As readline does, of which Ctrl-C takes the question away.
        signal.throwIfAborted();
        written.stderr += question;
        return waiting.shift() ?? '';
      },
      onKey(listener) {
        given.onKeys?.(listener);
        return { [Symbol.dispose]: () => undefined };
      },
    },
    output: output('stdout'),
    errorOutput: output('stderr'),
    trustStore: given.trustStore ?? {
      isRoot: false,
      run: () => Promise.reject(new Error('a test must not run programs of the system')),
    },
    clock: systemClock,
    random: randomFill,
    signal,
  });
  return { exitCode, ...written };
}
