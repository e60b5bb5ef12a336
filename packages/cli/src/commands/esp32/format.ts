import { type Command, Option } from 'commander';
import type { Cli } from '../../cli.ts';
import { Output } from '../../output/output.ts';

export interface FormatOption {
  readonly format?: 'text' | 'json';
}

/** Adds `--format`, which Espressif's tools have; `json` is what `--json` is for every command. */
export function addFormat(command: Command): Command {
  return command.addOption(
    new Option('--format <format>', 'text for people, json for programs').choices(['text', 'json']),
  );
}

/** Prints a result in the format that was asked for. */
export function resultIn(
  { format }: FormatOption,
  { ports, options }: Cli,
  value: unknown,
  lines: readonly string[],
): Promise<void> {
  const isJson = format === undefined ? options.json === true : format === 'json';
  return new Output(ports.output, isJson).result(value, lines);
}
