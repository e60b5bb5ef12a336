import { delay } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { BootloaderDescription } from '@mkiot/esp32/image/bootloaderDescription';
import { bootloaderDescriptionOf } from '@mkiot/esp32/image/imageFacts';
import type { ParsedImage } from '@mkiot/esp32/image/parseImage';
import type { FirmwareRegistry } from './app/firmware.ts';
import { startApp } from './app/startApp.ts';
import { BootConsole } from './boot/bootConsole.ts';
import type { BootHardware } from './boot/bootHardware.ts';
import { runBootloader } from './boot/bootloader.ts';
import { type BootloaderOptions, readBootloaderOptions } from './boot/bootloaderOptions.ts';
import { FlashCache } from './boot/flashCache.ts';
import type { ResetReason } from './boot/resetReason.ts';
import { loadBootloader, printBanner } from './boot/rom.ts';
import { openStage } from './boot/stage.ts';
import { parseVirtualTag } from './boot/virtualTag.ts';

/** From a reset by software to the first line of the ROM; it also keeps a chip that finds no app from taking all time. */
const RESET_MS = 300;
/** The ROM's watchdog ends what hangs; until then it looks for a bootloader so often. Both as seen on boards. */
const WATCHDOG_MS = 2_600;
const ROM_TRIES = 8;
/** An ESP-IDF bootloader description of v5.2 and later stands before the tag. */
const DESCRIPTION_BYTES = 80;

export interface RunOptions {
  /** Why the chip starts. */
  readonly reason: ResetReason;
  /** Levels of the strapping pins, which have led to a boot from flash. */
  readonly strapping: number;
  /** The programs that images can name. */
  readonly firmwares: FirmwareRegistry;
  /** Aborted when the chip is reset from outside, or its power goes. */
  readonly signal: AbortSignal;
}

/**
 * Runs the chip from its flash: ROM, bootloader, app, and again after each reset that they make themselves. It ends when
 * `signal` is aborted or the power goes.
 */
export async function runFromFlash(hardware: BootHardware, options: RunOptions): Promise<void> {
  const { signal } = options;
  let { reason } = options;
  try {
    while (!signal.aborted) {
      const next = await runOnce(hardware, reason, options);
      if (next === undefined) return;
      reason = next.reason;
      await delay(hardware.clock, next.afterMs, signal);
    }
  } catch (error) {
    if (error instanceof MkiotError && error.code === 'CHIP_POWER_LOST') return;
    throw error;
  }
}

interface NextReset {
  readonly reason: ResetReason;
  readonly afterMs: number;
}

/** From one reset to what ends in the next; undefined: it stays as it is until somebody resets the chip. */
async function runOnce(
  hardware: BootHardware,
  reason: ResetReason,
  { strapping, firmwares, signal }: RunOptions,
): Promise<NextReset | undefined> {
  const { flash, efuse, aes, clock, output } = hardware;
  efuse.reload();
  const console = new BootConsole(output, clock);
  printBanner(hardware, console, reason, strapping);
  const cache = await FlashCache.open(flash, efuse, aes);
  let bootloader = await loadBootloader(hardware, cache, console);
  for (let tries = 1; bootloader === 'missing' && tries < ROM_TRIES; tries++) {
    await delay(clock, WATCHDOG_MS / ROM_TRIES, signal);
    if (signal.aborted) return undefined;
    bootloader = await loadBootloader(hardware, cache, console);
  }
  if (bootloader === 'missing') return { reason: 'rtc-watchdog', afterMs: WATCHDOG_MS / ROM_TRIES };
  if (bootloader === 'refused') return { reason: 'rtc-watchdog', afterMs: WATCHDOG_MS };
  const stage = openStage(hardware, cache, console, optionsOf(bootloader));
  const booted = await runBootloader(stage, bootloader);
  if (booted === undefined) return { reason: 'software', afterMs: RESET_MS };
  const end = await startApp(stage, booted, reason, firmwares, signal);
  if (end === undefined) return undefined;
  if (end.kind === 'deep-sleep') return { reason: 'deep-sleep', afterMs: end.durationMs };
  return { reason: 'cpu', afterMs: RESET_MS };
}

/** What the tag of a virtual bootloader says; of a real one its version is known, and the rest is ESP-IDF's default. */
function optionsOf(bootloader: ParsedImage): BootloaderOptions {
  const first = bootloader.segments[0]?.data ?? new Uint8Array();
  const description = descriptionOf(bootloader);
  const tag = parseVirtualTag('bootloader', first, description === undefined ? 0 : DESCRIPTION_BYTES);
  if (tag !== undefined || description === undefined) return readBootloaderOptions(tag);
  return readBootloaderOptions({ idfVersion: description.idfVersion, compileTime: description.dateTime });
}

/** Code of a bootloader from before descriptions may begin as one does. */
function descriptionOf(bootloader: ParsedImage): BootloaderDescription | undefined {
  try {
    return bootloaderDescriptionOf(bootloader);
  } catch (error) {
    if (error instanceof MkiotError) return undefined;
    throw error;
  }
}
