import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { eventLine } from './eventLine.ts';

export function addEventsTail(events: Command, cli: Cli): void {
  addCommand(events, 'tail', {
    summary: 'Follow events as they arrive, until Ctrl-C',
    details: 'Shows what comes from now on. What must not be missed is read with "mkiot events pull".',
    examples: [
      'mkiot events tail',
      'mkiot events tail --device pump-1',
      'mkiot events tail --registry greenhouse --json',
    ],
  })
    .option('--device <device>', 'events of this device only')
    .action(async ({ device }: { readonly device?: string }) => {
      const { registry } = cli.options;
      const filter = { ...(registry && { registry }), ...(device && { device }) };
      await cli.withServer(({ api, names }) =>
        cli.untilInterrupted(async (signal) => {
          for await (const event of api.events.tail(names.location, filter, signal)) {
            await cli.output.item(event, eventLine(event));
          }
        }),
      );
    });
}
