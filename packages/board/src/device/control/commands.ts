import { LIMITS } from '@mkiot/core/contract/limits';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { boardError } from '../boardErrors.ts';
import { INTERVAL_MS } from './deviceConfig.ts';
import { JsonFields } from './jsonFields.ts';

/** What commands act on. */
export interface CommandTarget {
  uptimeMs(): number;
  identify(durationMs: number): void;
  setInterval(intervalMs: number): void;
  /** Once the command is acknowledged and reported. */
  reboot(): void;
}

/** What a command answers; the state carries it. */
export type CommandResult = Readonly<Record<string, number>>;

type CommandBehaviour = (parameters: JsonFields, target: CommandTarget) => () => CommandResult;

/**
 * The commands of a device. Each reads its parameters and returns what is to be done, which is done only when no unknown
 * parameter is left.
 */
const COMMANDS: Readonly<Record<string, CommandBehaviour>> = {
  ping: (_, target) => () => ({ uptimeMs: target.uptimeMs() }),

  identify(parameters, target) {
    const durationMs = parameters.number('durationMs', { min: 100, max: 600_000, integer: true }, 10_000);
    return () => {
      target.identify(durationMs);
      return { durationMs };
    };
  },

  'set-interval'(parameters, target) {
    const intervalMs = parameters.number('intervalMs', INTERVAL_MS);
    return () => {
      target.setInterval(intervalMs);
      return { intervalMs };
    };
  },

  reboot: (_, target) => () => {
    target.reboot();
    return {};
  },
};

/** Names of the commands that a device understands. */
export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** How a command went. */
export interface CommandOutcome {
  /** As it was called, cut to 64 characters; empty when it could not be read. */
  readonly command: string;
  /** The caller's own mark, to find the answer by. */
  readonly id: string | undefined;
  readonly result: CommandResult | MkiotError;
}

/**
 * Carries out one command: JSON such as `{"command":"set-interval","intervalMs":500,"id":"42"}`, or its bare name where it
 * needs no more. Never throws; what is wrong with it is its outcome.
 */
export function runCommand(payload: Uint8Array, target: CommandTarget): CommandOutcome {
  let [command, id]: [string, string | undefined] = ['', undefined];
  try {
    const fields = fieldsOf(payload);
    id = fields.optionalText('id', 64);
    command = fields.text('command', 64);
    const behaviour = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
    if (behaviour === undefined) throw unknownCommand(command);
    const act = behaviour(fields, target);
    fields.end();
    return { command, id, result: act() };
  } catch (error) {
    if (error instanceof MkiotError) return { command, id, result: error };
    throw error;
  }
}

/** `ping` is what people type; no JSON document begins with a letter that is not `true`, `false` or `null`. */
function fieldsOf(payload: Uint8Array): JsonFields {
  const bareName = payload.length <= 64 && /^[a-z][a-z-]*$/.exec(new TextDecoder().decode(payload))?.[0];
  if (bareName) return new JsonFields({ command: bareName }, 'command');
  return JsonFields.parse(payload, 'command', LIMITS.commandBytes);
}

function unknownCommand(command: string): MkiotError {
  return boardError('COMMAND_UNKNOWN', { command, known: COMMAND_NAMES.join(', '), example: '{"command":"ping"}' });
}
