import type { Command } from 'commander';

/** What the help of a command says beside its arguments and options. */
export interface CommandHelp {
  /** One line without a full stop, for the list of commands. */
  readonly summary: string;
  /** What a newcomer has to know beside it. */
  readonly details?: string;
  /** Lines that can be typed as they are. */
  readonly examples: readonly [string, ...string[]];
}

/** Adds the command `name` to `parent`; arguments, options and the action follow. */
export function addCommand(parent: Command, name: string, help: CommandHelp): Command {
  const description = help.details === undefined ? `${help.summary}.` : `${help.summary}.\n\n${help.details}`;
  return parent
    .command(name)
    .summary(help.summary)
    .description(description)
    .addHelpText('after', ['', 'Examples:', ...help.examples.map((example) => `  $ ${example}`)].join('\n'));
}
