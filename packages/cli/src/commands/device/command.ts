import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { addPayload, type PayloadOptions, readPayload } from '../../payload.ts';

export function addDeviceCommand(devices: Command, cli: Cli): void {
  const command = addCommand(devices, 'command', {
    summary: 'Send a command to a device that is connected now',
    details: 'A command is not kept: a device that is not there never gets it. For what must arrive, set its config.',
    examples: [
      'mkiot device command board-1 ping',
      `mkiot device command board-1 '{"command":"set-interval","intervalMs":500}'`,
      'mkiot device command pump-1 --file reset.bin --subfolder valve/main',
    ],
  }).argument('<device>', 'its id, numeric id or whole name');
  addPayload(command)
    .option('--subfolder <name>', 'the part of the device that it is for; the topic ends in it')
    .action(async (text: string, payload: string | undefined, options: PayloadOptions & { subfolder?: string }) => {
      const bytes = await readPayload(payload, options, cli.ports.input);
      await cli.withServer(async ({ api, names }) => {
        const name = names.device(text);
        await api.devices.sendCommand(name, bytes, options.subfolder);
        await cli.output.result({}, [`Device ${name.device} has got the command (${bytes.length} bytes).`]);
      });
    });
}
