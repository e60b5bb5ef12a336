import { CHIPS } from '@mkiot/esp32/chips/chips';
import { blankEfuses, type Burn, burnEfuses } from '@mkiot/esp32/efuse/burnEfuses';
import type { EfuseDump } from '@mkiot/esp32/efuse/efuseDump';

/** What figure 4 shows: the key is burned, how it is tweaked by the address is not. */
export const FLASH_CRYPT_CONFIG = 0;

/** The paper names no revision; the M5Stack Core of its time has the first. */
const REVISION = 100;

/** The eFuses of figure 4: a flash key from the host, encryption on, and every door still open but the BASIC prompt. */
export function burnPaperEfuses(flashKey: Uint8Array): EfuseDump {
  const burns: readonly Burn[] = [
    { kind: 'key', field: 'BLOCK1', bytes: flashKey.toReversed() },
    { kind: 'read-protect', field: 'BLOCK1' },
    { kind: 'write-protect', field: 'BLOCK1' },
    { kind: 'field', field: 'FLASH_CRYPT_CNT', value: 1 },
    { kind: 'field', field: 'CONSOLE_DEBUG_DISABLE', value: 1 },
  ];
  return burns.reduce(burnEfuses, blankEfuses(CHIPS.esp32, REVISION));
}
