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
  await using opened = new AsyncDisposableStack();
  const platform = await startPlatform(settings, { clock, randomFill: random, ...(logger && { logger }) });
  opened.defer(() => platform.close());
  await writeListening(platform.paths.folder, platform.ports);
  opened.defer(() => removeListening(platform.paths.folder));
  const running = opened.move();
  return { ...platform, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
