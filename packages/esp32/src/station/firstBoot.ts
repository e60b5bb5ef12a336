import { delay } from '@mkiot/core/clock/clock';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { flashEncryptionState } from '../efuse/readFuse.ts';
import { loaderError } from '../serial/loaderErrors.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { DeviceConsole } from './deviceConsole.ts';
import { enterLoader } from './enterLoader.ts';
import { readOfSame } from './readOfSame.ts';
import { stationError } from './stationErrors.ts';
import type { UnitRun } from './unitRun.ts';

/** A slow flash of 16 MB, all of it encrypted, takes minutes. */
const FIRST_BOOT_MS = 600_000;

/**
 * A bootloader that has encrypted tells so, or starts anew: ROMs print why at each start, also where the bootloader is built to
 * print errors alone. An app that starts at once was not encrypted.
 */
const DONE = /Flash encryption completed|flash encryption is enabled|cpu_start:|rst:0x[^]*rst:0x/;
/** What a bootloader complains of. What an app prints may be secret, and is told nobody. */
const COMPLAINTS = /[EW] \(\d+\) (?:boot|esp_image|flash_encrypt|secure_boot\w*): [ -~]{1,120}/g;

/**
 * Starts firmware in plain, whose bootloader encrypts the flash, and waits until it has: the power must stay on.
 *
 * @returns the chip in its loader again, and its eFuses as they are read then
 * @throws `UNIT_FIRST_BOOT_FAILED`, `UNIT_EXCHANGED`, and as the serial client
 */
export async function bootFirst(run: UnitRun): Promise<{ readonly loader: RomLoader; readonly efuses: EfuseDump }> {
  const { ports, log } = run;
  const { clock, serial } = ports;
  log.tell('first-boot', 'The bootloader makes a key and encrypts the flash: keep the power on');
  const startedMs = clock.monotonic();
  let complaints: string;
  {
    using console = await DeviceConsole.start(ports);
    await delay(clock, FIRST_BOOT_MS, console.says(DONE));
    complaints = (console.heard.match(COMPLAINTS) ?? []).slice(-2).join('; ');
  }
  if (serial.closed.aborted) throw loaderError('LOADER_PORT_CLOSED', { doing: 'to start its firmware' });
  const seconds = Math.round((clock.monotonic() - startedMs) / 1_000);
  const loader = await enterLoader(ports);
  const efuses = await readOfSame(loader, run);
  if (flashEncryptionState(efuses)?.isOn === true) return { loader, efuses };
  throw stationError('UNIT_FIRST_BOOT_FAILED', { seconds, complaints: complaints || 'of nothing' });
}
