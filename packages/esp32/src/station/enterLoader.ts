import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { connectLoader } from '../serial/connectLoader.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import type { StationPorts } from './job.ts';

/** So long a person has for the buttons of the board. */
export const PRESS_MS = 120_000;

/**
 * The chip in its loader. Where the port cannot reset it, a person is asked to.
 *
 * @throws as `connectLoader`
 */
export async function enterLoader({
  serial,
  clock,
  onProgress,
}: Pick<StationPorts, 'serial' | 'clock' | 'onProgress'>): Promise<RomLoader> {
  const untilMs = clock.monotonic() + (serial.hasLines ? 0 : PRESS_MS);
  for (let isAsked = false; ; isAsked = true) {
    try {
      return await connectLoader(serial, clock);
    } catch (error) {
      const isSilent = error instanceof MkiotError && error.code === 'LOADER_SILENT';
      if (!isSilent || clock.monotonic() >= untilMs) throw error;
      if (!isAsked) onProgress({ type: 'press', button: 'boot and reset' });
    }
  }
}
