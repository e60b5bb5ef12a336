import type { FailedLogin } from '@mkiot/core/api/resources';
import type { Command } from 'commander';
import { wholeNumber } from '../../arguments.ts';
import type { Cli } from '../../cli.ts';
import { addCommand } from '../../commandHelp.ts';

export function addDeviceFailedLogins(devices: Command, cli: Cli): void {
  addCommand(devices, 'failed-logins', {
    summary: 'List refused logins with the true cause, newest first',
    details:
      'Without a device: of all, also of those that do not exist. Anybody can claim any name. Many of one device from one ' +
      'address for one cause are one line with a count.',
    examples: ['mkiot device failed-logins', 'mkiot device failed-logins pump-1 --json'],
  })
    .argument('[device]', 'its id, numeric id or whole name')
    .option('--max <count>', 'how many lines', wholeNumber('--max', 1, 1_000_000), 50)
    .action(async (text: string | undefined, { max }: { readonly max: number }) => {
      await cli.withServer(async ({ api, names }) => {
        const { devices } = api;
        const found =
          text === undefined
            ? devices.allFailedLogins(names.defaults.project)
            : devices.failedLogins(names.device(text));
        const rows: FailedLogin[] = [];
        for await (const login of found) {
          rows.push(login);
          if (rows.length === max) break;
        }
        await cli.output.list(rows, COLUMNS, 'No login was refused.');
      });
    });
}

const COLUMNS = {
  last: ({ lastTime }: FailedLogin) => lastTime,
  times: ({ count }: FailedLogin) => count,
  device: ({ device }: FailedLogin) => device?.split('/').at(-1) ?? '(none)',
  address: ({ remoteAddress }: FailedLogin) => remoteAddress,
  // At the end, because it is long: the whole sentence is in --json.
  cause: ({ code, message }: FailedLogin) => `${code}: ${message}`,
};
