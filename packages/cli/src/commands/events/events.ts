import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addEventsPull } from './pull.ts';
import { addSubscription } from './subscription.ts';
import { addEventsTail } from './tail.ts';

export function addEvents(program: Command, cli: Cli): void {
  const events = addCommand(program, 'events', {
    summary: 'Telemetry events: follow them live, or read each at least once',
    examples: [
      'mkiot events tail',
      'mkiot events subscription create billing',
      'mkiot events pull --subscription billing --ack',
    ],
  });
  addEventsTail(events, cli);
  addEventsPull(events, cli);
  addSubscription(events, cli);
}
