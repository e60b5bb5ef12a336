import { hostIdentity } from '@mkiot/server/runtime/hostIdentity';
import { loadSettings } from '@mkiot/server/settings/loadSettings';
import { settingsReference } from '@mkiot/server/settings/settingsReference';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { addCommand } from '../commandHelp.ts';
import { aborted } from '../platform/aborted.ts';
import { welcomeLines, welcomeOf } from '../platform/welcome.ts';

export function addUp(program: Command, cli: Cli): void {
  const up = addCommand(program, 'up', {
    summary: 'Start the platform: devices, API and what they need',
    details:
      'The first start makes everything: data folder, keys, certificate authority, databases. It prints a one-time link ' +
      'that makes you administrator. Each setting can also stand in a file or in the environment: docs/settings.md.',
    examples: ['mkiot up', 'mkiot up --data ./data --mqtt-port 18883 --log-level debug'],
  }).option('--settings <file>', 'settings file to read instead of settings.json in the data folder');

  const rows = settingsReference().filter(({ path }) => path !== 'dataFolder');
  const flags = rows.map((row) => {
    const option = new Option(`--${row.flag} <value>`, row.title).helpGroup(`${row.group}:`);
    up.addOption(option);
    return { path: row.path, attribute: option.attributeName() };
  });

  up.action(async (options: Readonly<Record<string, string>>) => {
    const { environment, homeFolder, signal } = cli.ports;
    const { data } = cli.options;
    const given = flags.flatMap(({ path, attribute }) => {
      const value = options[attribute];
      return value === undefined ? [] : [[path, value] as const];
    });
    const settings = await loadSettings({
      flags: { ...Object.fromEntries(given), ...(data !== undefined && { dataFolder: data }) },
      environment,
      file: options['settings'],
      homeFolder,
    });
    // The platform is most of the code; the other commands start faster without it.
    const { servePlatform } = await import('../platform/servePlatform.ts');
    await using platform = await servePlatform(settings, cli.ports);
    const welcome = welcomeOf(platform, hostIdentity());
    await cli.output.result(welcome, welcomeLines(welcome));
    await aborted(signal);
    await cli.output.note('Stopping …');
  });
}
