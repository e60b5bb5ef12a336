import { systemClock } from '@mkiot/core/clock/systemClock';
import { randomFill } from '@mkiot/server/runtime/nodeCrypto';
import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import { EXIT, run } from './run.ts';
import { terminalInput, terminalOutput } from './terminal.ts';

// The program: the one file that touches the process. The exit code is set, not forced, so that all output gets out.

const interruption = new AbortController();
const interrupt = (): void => interruption.abort();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Who asks twice does not want to wait for an orderly end.
    if (interruption.signal.aborted) process.exit(EXIT.failed);
    interrupt();
  });
}

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  homeFolder: homedir(),
  userId: process.geteuid?.(),
  input: terminalInput(process.stdin, process.stderr, interruption),
  output: terminalOutput(process.stdout, interrupt),
  errorOutput: terminalOutput(process.stderr, interrupt),
  trustStore: {
    isRoot: process.geteuid?.() === 0,
    run: async (program, args) => void (await promisify(execFile)(program, args)),
  },
  clock: systemClock,
  random: randomFill,
  signal: interruption.signal,
});
