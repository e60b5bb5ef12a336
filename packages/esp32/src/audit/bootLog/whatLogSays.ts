import type { Observation } from '../rule.ts';
import type { FromInput } from '../subject.ts';
import type { BootLog, BootLogLine } from './bootLog.ts';
import { LOG_MESSAGES, type LogMessages, type LogTopic } from './logMessages.ts';

export interface LogVerdict {
  readonly isWrong: boolean;
  /** The lines that prove it, each message once. */
  readonly lines: readonly Observation[];
}

/**
 * What a log proves of `topic`. A log may hold several boots, of which the last that says something counts.
 *
 * @returns undefined where no line tells: then nothing is known, for eFuses are told of only when they are burned
 */
export function whatLogSays(log: FromInput<BootLog> | undefined, topic: LogTopic): LogVerdict | undefined {
  const messages = LOG_MESSAGES[topic];
  const telling = log?.value.lines.filter((line) => isTold(line, messages.wrong) || isTold(line, messages.right)) ?? [];
  const last = telling.at(-1);
  if (log === undefined || last === undefined) return undefined;
  const isWrong = isTold(last, messages.wrong);
  const proofs = telling.filter((line) => isTold(line, isWrong ? messages.wrong : messages.right));
  return { isWrong, lines: distinct(proofs).map((line) => lineObservation(log.source, line)) };
}

/** A line of a log as evidence. */
function lineObservation(source: string, { number, text }: BootLogLine): Observation {
  return { source, line: number, text: `The boot log says: "${text}".` };
}

/** The whole line is looked at: what is lost or garbled around a message does not matter. */
function isTold({ text }: BootLogLine, patterns: LogMessages['wrong']): boolean {
  return patterns.some((pattern) => pattern.test(text));
}

/** A chip that starts again and again says the same again and again. */
function distinct(lines: readonly BootLogLine[]): readonly BootLogLine[] {
  const said = (line: BootLogLine): string => line.message ?? line.text;
  return lines.filter((line, index) => lines.findIndex((other) => said(other) === said(line)) === index);
}
