import type { Command } from 'commander';
import { wholeNumber } from '../arguments.ts';
import type { Cli } from '../cli.ts';
import { addCommand } from '../commandHelp.ts';
import { aborted } from '../platform/aborted.ts';

interface DemoCommandOptions {
  readonly once?: boolean;
  readonly boards: number;
}

export function addDemo(program: Command, cli: Cli): void {
  addCommand(program, 'demo', {
    summary: 'Show a fresh platform with boards, each step with its evidence',
    details:
      'Starts a platform in a temporary folder, which is removed at the end; --data keeps it in a folder of yours. ' +
      'After the steps it stays up until Ctrl-C, and every other command works with it.',
    examples: ['mkiot demo', 'mkiot demo --once', 'mkiot demo --data ./demo --boards 20'],
  })
    .option('--once', 'end after the steps: exit code 0, or 1 when one has failed')
    .option('--boards <number>', 'how many boards take part', wholeNumber('--boards', 3, 1_000), 3)
    .action(async ({ once, boards }: DemoCommandOptions) => {
      // The platform is most of the code; the other commands start faster without it.
      const { runDemo } = await import('../demo/demo.ts');
      const startedMs = cli.ports.clock.monotonic();
      await runDemo({ boards, dataFolder: cli.options.data }, cli, async ({ platform, steps }) => {
        const seconds = ((cli.ports.clock.monotonic() - startedMs) / 1_000).toFixed(1);
        await cli.output.note('', `All ${steps} steps are done, in ${seconds} s.`);
        if (once === true) return;
        const { ports, paths } = platform;
        await cli.output.note(
          '',
          'The platform and its boards are still up. In another terminal, try:',
          '',
          `  mkiot --data ${paths.folder} device list`,
          `  mkiot --data ${paths.folder} events tail`,
          '',
          `The API is at https://localhost:${ports.https}, and its description at https://localhost:${ports.https}/openapi.json.`,
          'Ctrl-C ends it.',
        );
        await aborted(cli.ports.signal);
      });
    });
}
