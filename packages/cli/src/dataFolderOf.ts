import { settingsReference } from '@mkiot/server/settings/settingsReference';
import { join, resolve } from 'node:path';
import type { GlobalOptions } from './cli.ts';
import type { CliPorts } from './ports.ts';

/**
 * The data folder that a command means, as the server finds it: option, variable, default. The other settings are not
 * looked at: a client must work beside a settings file that the server would refuse.
 */
export function dataFolderOf(
  { data }: Pick<GlobalOptions, 'data'>,
  { environment, homeFolder }: Pick<CliPorts, 'environment' | 'homeFolder'>,
): string {
  const setting = settingsReference().find(({ path }) => path === 'dataFolder');
  const folder = data ?? (environment[setting?.environmentVariable ?? ''] || String(setting?.default));
  return /^~(\/|$)/.test(folder) ? join(homeFolder, folder.slice(1)) : resolve(folder);
}
