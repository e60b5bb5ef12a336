import { errorTable } from '@mkiot/core/errors/mkiotError';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { eventFilter } from './eventFilter.ts';
import { eventLine, missedLine } from './eventLine.ts';

const tailError = errorTable({
  EVENTS_TAIL_ENDED: {
    status: 'UNAVAILABLE',
    blame: 'peer',
    message: 'The server has ended the stream: it was stopped, or the token has expired. Start it again.',
  },
});

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
      await cli.withServer(({ api, names }) =>
        cli.untilInterrupted(async (signal) => {
          for await (const item of api.events.tail(names.location, eventFilter(cli.options, names, device), signal)) {
            await cli.output.item(item, 'missedEvents' in item ? missedLine(item) : eventLine(item));
          }
          throw tailError('EVENTS_TAIL_ENDED');
        }),
      );
    });
}
