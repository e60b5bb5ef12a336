import { loadSettings } from '@mkiot/server/settings/loadSettings';
import { type SettingRow, settingsReference } from '@mkiot/server/settings/settingsReference';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { addCommand } from '../commandHelp.ts';
import { fieldLines } from '../output/fields.ts';
import { usageError } from '../usageErrors.ts';

interface ShownSetting extends SettingRow {
  /** As the next "mkiot up" would have it; undefined: absent. */
  readonly value: unknown;
}

export function addSettings(program: Command, cli: Cli): void {
  addCommand(program, 'settings', {
    summary: 'Show the settings of the server, and check them',
    details:
      'Needs no running server: reads what the next "mkiot up" with the same --data and environment would read. ' +
      'docs/settings.md describes every setting.',
    examples: ['mkiot settings', 'mkiot settings mqtt.port', 'mkiot settings --json'],
  })
    .argument('[setting]', 'one setting by its name')
    .option('--settings <file>', 'settings file to read instead of settings.json in the data folder')
    .action(async (name: string | undefined, { settings: file }: { readonly settings?: string }) => {
      const { environment, homeFolder } = cli.ports;
      const { data } = cli.options;
      const flags = data === undefined ? {} : { dataFolder: data };
      const settings = await loadSettings({ flags, environment, file, homeFolder });
      const rows = settingsReference().map((row): ShownSetting => ({ ...row, value: valueAt(settings, row.path) }));
      if (name === undefined) return cli.output.list(rows, COLUMNS, '');
      const row = rows.find(({ path }) => path === name);
      if (row === undefined) throw usageError('SETTING_UNKNOWN', { name });
      await cli.output.result(row, settingLines(row));
    });
}

function valueAt(settings: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => Object(value)[name], settings);
}

function settingLines(row: ShownSetting): readonly string[] {
  return [
    ...fieldLines({
      Setting: `${row.path}: ${row.title}`,
      Value: shown(row.value),
      Default: shown(row.default),
      Allowed: row.allowed,
      Flag: `mkiot up --${row.flag}`,
      Variable: row.environmentVariable,
      'A change works': row.restartNeeded ? 'from the next start' : 'at once',
    }),
    row.description,
  ];
}

const COLUMNS = {
  setting: ({ path }: ShownSetting) => path,
  value: ({ value }: ShownSetting) => shown(value),
  allowed: ({ allowed }: ShownSetting) => allowed,
};

function shown(value: unknown): string {
  if (value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
