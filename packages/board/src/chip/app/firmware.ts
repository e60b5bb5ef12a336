import type { AppDescription } from '@mkiot/esp32/image/appDescription';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import type { BootConsole } from '../boot/bootConsole.ts';
import type { BootHardware } from '../boot/bootHardware.ts';
import type { FlashCache } from '../boot/flashCache.ts';
import type { ResetReason } from '../boot/resetReason.ts';

/** What an app finds when it is started. */
export interface AppWorld {
  readonly hardware: BootHardware;
  readonly flash: FlashCache;
  readonly console: BootConsole;
  readonly reason: ResetReason;
  /** Of the tag of its image. */
  readonly version: string;
  readonly description: AppDescription | undefined;
  readonly partitions: readonly Partition[];
  /** The one that it runs from. */
  readonly running: Partition;
}

/** How an app ends: `esp_restart`, or `esp_deep_sleep` for a while. */
export type AppEnd = { readonly kind: 'restart' } | { readonly kind: 'deep-sleep'; readonly durationMs: number };

/** A program that runs on the virtual chip. When `signal` is aborted the power goes: it comes to rest and resolves. */
export type Firmware = (world: AppWorld, signal: AbortSignal) => Promise<AppEnd>;

/** Programs by the name that the tag of an image gives. */
export type FirmwareRegistry = Readonly<Record<string, Firmware>>;
