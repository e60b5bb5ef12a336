import type { Clock } from '@mkiot/core/clock/clock';
import { type ChildLoggerOptions, type Logger, pino } from 'pino';
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
  const write = (line: string): void => void destination.write(isText ? textLine(line) : line);
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

/** `2026-01-01 12:00:00.000 INFO  device connected device=pump-1`, and below it the stack of an error of ours. */
function textLine(json: string): string {
  const { level, time, msg = '', ...members } = JSON.parse(json) as Record<string, unknown>;
  const stacks: string[] = [];
  const pairs = Object.entries(members).map(([name, value]) => ` ${name}=${textValue(value, stacks)}`);
  const when = String(time).replace('T', ' ').replace('Z', '');
  const line = `${when} ${String(level).toUpperCase().padEnd(5)} ${printable(String(msg))}${pairs.join('')}`;
  return `${[line, ...stacks].join('\n')}\n`;
}

function textValue(value: unknown, stacks: string[]): string {
  if (typeof value === 'string') return /^[\w.:/@+-]+$/.test(value) ? value : printable(JSON.stringify(value));
  const withoutStack = (name: string, member: unknown): unknown => {
    if (name !== 'stack' || typeof member !== 'string') return member;
    stacks.push(
      ...member
        .split('\n')
        .slice(1)
        .map((frame) => printable(frame)),
    );
    return undefined;
  };
  return printable(JSON.stringify(value, withoutStack));
}

/** Text that came from a device must neither begin a line nor move the cursor. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
