import type { Command } from 'commander';
import { pointInTime, wholeNumber } from '../../../arguments.ts';
import type { Cli } from '../../../cli.ts';
import { addCommand } from '../../../commandHelp.ts';

interface CreateOptions {
  readonly count: number;
  readonly until: string;
  readonly deviceId?: string;
  readonly mac?: string;
}

/** The largest that the API takes. */
const TICKETS_PER_CALL = 1_000;

export function addTicketsCreate(tickets: Command, cli: Cli): void {
  addCommand(tickets, 'create', {
    summary: 'Make tickets; their texts are shown this one time',
    details:
      'A board that has a ticket makes its own key and becomes a device of the registry. Whoever else has the ticket ' +
      'before can do so too: bind it to a device id or a MAC address where you know them.',
    examples: [
      'mkiot registry tickets create pumps --count 10 --until 2026-12-31',
      'mkiot registry tickets create pumps --until 2026-12-31 --device-id pump-1',
    ],
  })
    .argument('<registry>', 'its id or whole name')
    .requiredOption('--until <time>', 'a day, or a time like 2026-12-31T18:00:00Z', pointInTime('--until'))
    .option('--count <n>', 'how many', wholeNumber('--count', 1, TICKETS_PER_CALL), 1)
    .option('--device-id <id>', 'good for this device id only')
    .option('--mac <mac>', 'good for this MAC address only', (mac) => mac.toLowerCase())
    .action(async (registry: string, { until, ...given }: CreateOptions) => {
      await cli.withServer(async ({ api, names }) => {
        const fields = { ...given, expireTime: until };
        const issued = await api.provisioning.createTickets(names.registry(registry), fields);
        await cli.output.note('Each ticket works once. They are not shown again:');
        await cli.output.result(
          issued,
          issued.map(({ ticket }) => ticket),
        );
      });
    });
}
