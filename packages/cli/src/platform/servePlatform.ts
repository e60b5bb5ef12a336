import { type Platform, type PlatformPorts, startPlatform } from '@mkiot/server/app';
import type { Settings } from '@mkiot/server/settings/settings';
import type { CliPorts } from '../ports.ts';
import { removeListening, writeListening } from './listening.ts';

/** A platform in this process, which other commands on this machine find by its data folder. */
export type ServedPlatform = Platform & AsyncDisposable;

/** Starts the platform as `mkiot up` and `mkiot demo` both do. Disposing it is its orderly end. */
export async function servePlatform(
  settings: Settings,
  { clock, random }: Pick<CliPorts, 'clock' | 'random'>,
  logger?: PlatformPorts['logger'],
): Promise<ServedPlatform> {
  const platform = await startPlatform(settings, { clock, randomFill: random, ...(logger && { logger }) });
  const { paths, ports } = platform;
  await writeListening(paths.folder, ports);
  return {
    ...platform,
    async [Symbol.asyncDispose]() {
      await removeListening(paths.folder);
      await platform.close();
    },
  };
}
