import { FLASH_TIMINGS, type FlashTiming } from './flashTiming.ts';

/** A kind of flash, as it answers a question for its identity. */
export interface FlashModel {
  /** JEDEC JEP106: who makes it. */
  readonly manufacturer: number;
  readonly memoryType: number;
  readonly timing: FlashTiming;
}

/** Winbond's W25QxxJV, the flash of many ESP32 modules. */
export const W25Q_JV: FlashModel = { manufacturer: 0xef, memoryType: 0x40, timing: FLASH_TIMINGS.W25Q32JV };

/** The third byte of the identity: the size as a power of two. */
export function capacityCode(bytes: number): number {
  return Math.log2(bytes);
}
