import type { Clock } from '@mkiot/core/clock/clock';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Aes } from '@mkiot/esp32/aes/aes';
import type { EfuseController } from '../efuse/efuseController.ts';
import type { FlashMemory } from '../flash/flashMemory.ts';
import type { ConsoleOutput } from './bootConsole.ts';

/** What ROM, bootloader and app find on the chip. Which chip it is, its eFuses say. */
export interface BootHardware {
  readonly flash: FlashMemory;
  readonly efuse: EfuseController;
  readonly clock: Clock;
  /** The chip's random number generator. */
  readonly random: RandomFill;
  readonly aes: Aes;
  /** UART0. */
  readonly output: ConsoleOutput;
  readonly input: ConsoleInput;
}

/** What comes over UART0. Nobody listens after a reset. */
export interface ConsoleInput {
  /** Takes what comes; one listener at a time. Without one it is lost. */
  onBytes: ((bytes: Uint8Array) => void) | undefined;
}
