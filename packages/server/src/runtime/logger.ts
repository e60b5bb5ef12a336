import type { Clock } from '@mkiot/core/clock/clock';
import { type ChildLoggerOptions, type Logger, pino } from 'pino';
import { logText } from './logText.ts';
import { redact } from './redact.ts';

/** Takes whole lines, as `process.stderr` does. */
export interface LogDestination {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

export interface LogSettings {
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** `auto`: text on a terminal, JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'text';
}

/**
 * The operator's log: one line an entry, JSON for programs or text for a terminal. Secrets are left out by the name of the
 * member that holds them, at any depth; a sentence is written as it is, so nothing secret belongs in one.
 */
export function createLogger(
  settings: LogSettings,
  clock: Clock,
  destination: LogDestination = process.stderr,
): Logger {
  const isText = settings.format === 'text' || (settings.format === 'auto' && destination.isTTY === true);
  const write = (line: string): void => void destination.write(isText ? logText(line) : line);
  const logger = pino(
    {
      level: settings.level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (level) => ({ level }), log: redactMembers },
      // Errors have been described already; pino's own serializer would add members of them that it does not know.
      serializers: { err: (error: unknown) => error },
    },
    { write },
  );
  // pino asks no formatter about what a child brings. Children inherit this from the logger they are made of.
  // oxlint-disable-next-line unbound-method -- it is called with its `this` below
  const { child } = logger;
  return Object.assign(logger, {
    child(this: Logger, members: Record<string, unknown>, options?: ChildLoggerOptions): Logger {
      return Reflect.apply(child, this, [redactMembers(members), options]) as Logger;
    },
  });
}

function redactMembers(members: Record<string, unknown>): Record<string, unknown> {
  return redact(members) as Record<string, unknown>;
}
