import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { CommanderError } from 'commander';
import { inspect } from 'node:util';
import { printable } from './output/printable.ts';
import type { CliPorts } from './ports.ts';
import { buildProgram } from './program.ts';
import { isUsageError, usageError } from './usageErrors.ts';

/** What a command line ends with. `failed` is also for findings, such as a damaged audit trail. */
export const EXIT = { done: 0, failed: 1, wrongUsage: 2 } as const;

/** Runs one command line, given without the name of the program, and returns its exit code. */
export async function run(commandLine: readonly string[], ports: CliPorts): Promise<number> {
  const help = { out: '', error: '' };
  const { program, cli } = buildProgram(ports, {
    writeOut: (text) => (help.out += text),
    writeErr: (text) => (help.error += text),
    outputError: () => undefined,
  });
  const failure = await program.parseAsync(commandLine, { from: 'user' }).then(
    () => undefined,
    (thrown: unknown) => thrown ?? new Error('nothing was thrown'),
  );
  await ports.output.write(help.out);
  await ports.errorOutput.write(help.error);
  if (failure === undefined || (failure instanceof CommanderError && failure.exitCode === 0)) return EXIT.done;

  const error = ports.signal.aborted && !saysHowItStopped(failure) ? interrupted() : withCode(failure);
  const { json, debug } = cli.options;
  await ports.errorOutput.write(json === true ? errorJson(error) : errorText(error));
  if (debug === true) await ports.errorOutput.write(`${inspect(failure)}\n`);
  return isUsageError(error) ? EXIT.wrongUsage : EXIT.failed;
}

function withCode(failure: unknown): MkiotError {
  if (failure instanceof MkiotError) return failure;
  if (failure instanceof CommanderError) {
    // A group without its verb has printed its help; commander's message is then "(outputHelp)".
    const message = failure.code === 'commander.help' ? 'The command goes on: see above.' : failure.message;
    return usageError('USAGE', { message: message.replace(/^error: /, '') });
  }
  const message = `Something went wrong inside mkiot: ${String(failure)}. Run it again with --debug to see where.`;
  return new MkiotError('INTERNAL', { status: 'INTERNAL', blame: 'us', message }, {}, failure);
}

/** Commands that stop in good order say what they have left. */
function saysHowItStopped(failure: unknown): boolean {
  return failure instanceof MkiotError && failure.status === 'CANCELLED';
}

function interrupted(): MkiotError {
  const message = 'Interrupted before it was done.';
  return new MkiotError('INTERRUPTED', { status: 'CANCELLED', blame: 'caller', message });
}

function errorText({ code, message }: MkiotError): string {
  return `mkiot: ${message.split('\n').map(printable).join('\n')} [${code}]\n`;
}

function errorJson({ code, message, status, blame, context }: MkiotError): string {
  return `${JSON.stringify({ error: { code, message, status, blame, context } })}\n`;
}
