import type { Subscription } from '@mkiot/core/api/resources';
import type { Command } from 'commander';
import { wholeNumber } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { collect } from '../../collect.ts';
import { addCommand } from '../../commandHelp.ts';
import { fieldLines } from '../../output/fields.ts';
import { eventFilter } from './eventFilter.ts';

interface CreateOptions {
  readonly ackDeadline?: number;
  readonly device?: string;
  readonly hold?: boolean;
}

export function addSubscription(events: Command, cli: Cli): void {
  const subscriptions = addCommand(events, 'subscription', {
    summary: 'Places in the event log that are kept for readers',
    examples: ['mkiot events subscription create billing', 'mkiot events subscription list'],
  });
  addSubscriptionCreate(subscriptions, cli);
  addSubscriptionList(subscriptions, cli);
  addSubscriptionDelete(subscriptions, cli);
}

function addSubscriptionCreate(subscriptions: Command, cli: Cli): void {
  addCommand(subscriptions, 'create', {
    summary: 'Make a subscription: it gets every event from now on',
    examples: [
      'mkiot events subscription create billing',
      'mkiot events subscription create tap --registry greenhouse',
    ],
  })
    .argument('<name>', 'its id')
    .option(
      '--ack-deadline <seconds>',
      'after this time an event that was not acknowledged comes again',
      wholeNumber('--ack-deadline', 10, 600),
    )
    .option('--device <device>', 'events of this device only')
    .option('--hold', 'keep events until they are acknowledged, however old and many: they may fill the disk')
    .action(async (id: string, { ackDeadline, device, hold }: CreateOptions) => {
      await cli.withServer(async ({ api, names }) => {
        const subscription = await api.subscriptions.create(names.defaults.project, id, {
          ...eventFilter(cli.options, names, device),
          ...(ackDeadline && { ackDeadlineSeconds: ackDeadline }),
          ...(hold && { hold }),
        });
        await cli.output.result(subscription, subscriptionLines(subscription));
      });
    });
}

function addSubscriptionList(subscriptions: Command, cli: Cli): void {
  addCommand(subscriptions, 'list', {
    summary: 'List the subscriptions',
    examples: ['mkiot events subscription list'],
  }).action(async () => {
    await cli.withServer(async ({ api, names }) => {
      const rows = await collect(api.subscriptions.list(names.defaults.project));
      const whenEmpty = 'There are no subscriptions. Make one with "mkiot events subscription create NAME".';
      await cli.output.list(rows, COLUMNS, whenEmpty);
    });
  });
}

function addSubscriptionDelete(subscriptions: Command, cli: Cli): void {
  addCommand(subscriptions, 'delete', {
    summary: 'Delete a subscription; the events stay in the log',
    examples: ['mkiot events subscription delete billing'],
  })
    .argument('<name>', 'its id')
    .action(async (id: string) => {
      await cli.withServer(async ({ api, names }) => {
        await api.subscriptions.delete(names.defaults.project, id);
        await cli.output.result({}, [`Subscription ${id} is deleted.`]);
      });
    });
}

function subscriptionLines(subscription: Subscription): readonly string[] {
  return fieldLines({
    Subscription: subscription.id,
    Name: subscription.name,
    Registry: subscription.registry ?? 'all',
    Device: subscription.device ?? 'all',
    'Acknowledge within': `${subscription.ackDeadlineSeconds} s`,
    'Holds events': subscription.hold ? 'until they are acknowledged' : 'no',
    Made: subscription.createTime,
  });
}

const COLUMNS = {
  subscription: ({ id }: Subscription) => id,
  registry: ({ registry }: Subscription) => registry ?? 'all',
  device: ({ device }: Subscription) => device ?? 'all',
  'ack within': ({ ackDeadlineSeconds }: Subscription) => `${ackDeadlineSeconds} s`,
  holds: ({ hold }: Subscription) => (hold ? 'yes' : 'no'),
  missed: ({ missedEvents }: Subscription) => missedEvents,
};
