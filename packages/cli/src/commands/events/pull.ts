import type { ApiClient } from '@mkiot/core/api/client';
import type { Command } from 'commander';
import { wholeNumber } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { eventLine, missedLine } from './eventLine.ts';

interface PullOptions {
  readonly subscription: string;
  readonly max: number;
  readonly ack?: boolean;
  readonly follow?: boolean;
  readonly wait: boolean;
}

export function addEventsPull(events: Command, cli: Cli): void {
  addCommand(events, 'pull', {
    summary: 'Read events through a subscription, each at least once',
    details:
      'An event that is not acknowledged comes again after the acknowledgement deadline of the subscription. With ' +
      '--ack each is acknowledged after it has been printed, so the next pull goes on behind it.',
    examples: [
      'mkiot events pull --subscription billing --ack',
      'mkiot events pull --subscription billing --ack --follow',
    ],
  })
    .requiredOption('--subscription <name>', 'made by "mkiot events subscription create"')
    .option('--max <count>', 'at most this many events in one go', wholeNumber('--max', 1, 1_000), 100)
    .option('--ack', 'acknowledge what has been printed')
    .option('--no-wait', 'do not wait a few seconds for the first event')
    .option('--follow', 'go on until Ctrl-C')
    .action(async (options: PullOptions) => {
      await cli.withServer(({ api, names }) =>
        cli.untilInterrupted(async (signal) => {
          do await pullOnce(cli, api, names.defaults.project, options, signal);
          while (options.follow === true);
        }),
      );
    });
}

async function pullOnce(
  cli: Cli,
  api: ApiClient,
  project: string,
  { subscription, max, ack, follow, wait }: PullOptions,
  signal: AbortSignal,
): Promise<void> {
  const options = { maxMessages: max, returnImmediately: !wait, signal };
  const pulled = await api.subscriptions.pull(project, subscription, options);
  const { receivedMessages, missedEvents } = pulled;
  if (missedEvents !== undefined) await cli.output.item({ missedEvents }, missedLine({ missedEvents }));
  for (const received of receivedMessages) await cli.output.item(received, eventLine(received.message));
  const ackIds = receivedMessages.map(({ ackId }) => ackId);
  if (ack === true && ackIds.length > 0) await api.subscriptions.acknowledge(project, subscription, ackIds);
  if (ackIds.length === 0 && follow !== true) await cli.output.note('No events are waiting.');
}
