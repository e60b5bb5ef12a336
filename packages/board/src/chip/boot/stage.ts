import type { Chip } from '@mkiot/esp32/chips/chip';
import { revisionOf } from '@mkiot/esp32/efuse/efuseFields';
import type { BootConsole } from './bootConsole.ts';
import type { BootHardware } from './bootHardware.ts';
import type { BootloaderOptions } from './bootloaderOptions.ts';
import { type BootloaderDialect, dialectOf } from './dialect.ts';
import type { FlashCache } from './flashCache.ts';

/** The second stage: what the bootloader has while it runs. */
export interface Stage {
  readonly hardware: BootHardware;
  readonly chip: Chip;
  /** Of the silicon, 100 · major + minor. */
  readonly revision: number;
  readonly cache: FlashCache;
  readonly console: BootConsole;
  readonly options: BootloaderOptions;
  readonly dialect: BootloaderDialect;
}

export function openStage(
  hardware: BootHardware,
  cache: FlashCache,
  console: BootConsole,
  options: BootloaderOptions,
): Stage {
  const dump = hardware.efuse.readable();
  const dialect = dialectOf(options.idfVersion);
  return { hardware, chip: dump.chip, revision: revisionOf(dump), cache, console, options, dialect };
}
