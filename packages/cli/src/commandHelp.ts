import type { Command } from 'commander';

/** What the help of a command says beside its arguments and options. */
export interface CommandHelp {
  /** One line without a full stop, for the list of commands. */
  readonly summary: string;
  /** What a newcomer has to know beside it. */
  readonly details?: string;
  /** It is what its group does without a verb. */
  readonly isDefault?: boolean;
  /** Lines that can be typed as they are. */
  readonly examples: readonly [string, ...string[]];
}

/** Adds the command `name` to `parent`; arguments, options and the action follow. */
export function addCommand(parent: Command, name: string, help: CommandHelp): Command {
  const description = help.details === undefined ? `${help.summary}.` : `${help.summary}.\n\n${help.details}`;
  return parent
    .command(name, { isDefault: help.isDefault === true })
    .summary(help.summary)
    .description(description)
    .addHelpText('after', ['', 'Examples:', ...help.examples.flatMap(exampleLines)].join('\n'));
}

const COLUMNS = 80;

/** An example as it can be typed: what is too long for a line goes on in the next, after a backslash as shells have it. */
function exampleLines(example: string): readonly string[] {
  const lines: string[] = [];
  let line = '  $';
  for (const word of example.split(' ')) {
    if (`${line} ${word} \\`.length > COLUMNS) {
      lines.push(`${line} \\`);
      line = '     ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
