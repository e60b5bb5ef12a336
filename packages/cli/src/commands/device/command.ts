import type { Command } from 'commander';
import { durationSeconds } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addPayload, type PayloadOptions, readPayload } from '../../payload.ts';

interface CommandOptions extends PayloadOptions {
  readonly subfolder?: string;
  /** Seconds. */
  readonly queueFor?: number;
}

export function addDeviceCommand(devices: Command, cli: Cli): void {
  const command = addCommand(devices, 'command', {
    summary: 'Send a command to a device',
    details:
      'A device that is not connected gets it only with --queue-for, and if its session is kept (mkiot device session). For ' +
      'what must arrive, set its config.',
    examples: [
      'mkiot device command board-1 ping',
      `mkiot device command board-1 '{"command":"set-interval","intervalMs":500}'`,
      'mkiot device command pump-1 --file reset.bin --subfolder valve/main',
      'mkiot device command pump-1 report --queue-for 1h',
    ],
  }).argument('<device>', 'its id, numeric id or whole name');
  addPayload(command)
    .option('--subfolder <name>', 'the part of the device that it is for; the topic ends in it')
    .option(
      '--queue-for <duration>',
      'how long it may wait for a device that is not connected',
      durationSeconds('--queue-for'),
    )
    .action(async (text: string, payload: string | undefined, options: CommandOptions) => {
      const bytes = await readPayload(payload, options, cli.ports.input);
      await cli.withServer(async ({ api, names }) => {
        const name = names.device(text);
        const answer = await api.devices.sendCommand(name, bytes, options.subfolder, options.queueFor);
        const { queuedUntilTime } = answer;
        const fate = queuedUntilTime === undefined ? 'has got the command' : 'will find the command when it connects';
        const until = queuedUntilTime === undefined ? '' : ` until ${queuedUntilTime}`;
        await cli.output.result(answer, [`Device ${name.device} ${fate}${until} (${bytes.length} bytes).`]);
      });
    });
}
