import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';
import { fieldLines } from '../../output/fields.ts';

export function addWhoami(program: Command, cli: Cli): void {
  addCommand(program, 'whoami', {
    summary: 'Show which server is meant, and who you are there',
    examples: ['mkiot whoami', 'mkiot whoami --server https://iot.example:8443'],
  }).action(async () => {
    await cli.withServer(async ({ api, url }) => {
      const caller = await api.whoami();
      const { principal, project, location, registry, permissions } = caller;
      const lines = fieldLines({
        Server: url?.origin ?? 'the one on this machine',
        You: principal,
        Project: project,
        Location: location,
        Registry: registry,
      });
      await cli.output.result({ url: url?.origin, ...caller }, [
        ...lines,
        'You may:',
        ...permissions.map((one) => `  ${one}`),
      ]);
    });
  });
}
