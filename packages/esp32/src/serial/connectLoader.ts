import { type Clock, delay } from '@mkiot/core/clock/clock';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { loaderError } from './loaderErrors.ts';
import { LoaderLink } from './loaderLink.ts';
import { RomLoader } from './romLoader.ts';
import type { SerialPort } from './serialPort.ts';

export const ROM_BAUD = 115_200;

const RESETS = 5;
const SYNCS_A_RESET = 5;
/** As long as capacitors at EN and GPIO0 of known boards need (esptool's figures). */
const RESET_MS = 100;
const BOOT_BUTTON_MS = 50;
const BANNER_MS = 50;

/**
 * Resets a chip into its serial loader, where the port has the lines for that, and greets it.
 *
 * @throws `LOADER_SILENT`, `LOADER_PORT_CLOSED`
 */
export async function connectLoader(port: SerialPort, clock: Clock): Promise<RomLoader> {
  const loader = new RomLoader(new LoaderLink(port, clock));
  await enter(loader);
  return loader;
}

/**
 * Resets the chip into its loader in ROM again, as the way out of the flasher stub. What was set before is forgotten.
 *
 * @param baud the speed to go on with; undefined: that at which the ROM begins
 * @throws as {@link connectLoader}, and as the commands of the loader
 */
export async function reconnectLoader(loader: RomLoader, baud: number | undefined): Promise<void> {
  await enter(loader);
  if (baud !== undefined) await loader.changeBaudrate(baud);
}

async function enter(loader: RomLoader): Promise<void> {
  const { port, clock } = loader.link;
  await port.setBaud(ROM_BAUD);
  for (let attempt = 0; attempt < RESETS; attempt++) {
    if (port.hasLines) await resetToLoader(port, clock);
    loader.link.restart();
    if (await greets(loader)) return;
  }
  throw loaderError('LOADER_SILENT', { doing: 'to a greeting' });
}

/** Starts the chip from its flash. Nothing where the port has no lines: then a person has to press reset. */
export async function resetToFlash(port: SerialPort, clock: Clock): Promise<void> {
  if (!port.hasLines) return;
  await port.setLines({ dtr: false, rts: true });
  await delay(clock, RESET_MS);
  await port.setLines({ dtr: false, rts: false });
}

async function resetToLoader(port: SerialPort, clock: Clock): Promise<void> {
  await port.setLines({ dtr: false, rts: true });
  await delay(clock, RESET_MS);
  await port.setLines({ dtr: true, rts: false });
  await delay(clock, BOOT_BUTTON_MS);
  await port.setLines({ dtr: false, rts: false });
  await delay(clock, BANNER_MS);
}

async function greets(loader: RomLoader): Promise<boolean> {
  for (let attempt = 0; attempt < SYNCS_A_RESET; attempt++) {
    try {
      await loader.sync();
      return true;
    } catch (error) {
      const isWorthAnother =
        error instanceof MkiotError && (error.code === 'LOADER_SILENT' || error.code === 'LOADER_REFUSED');
      if (!isWorthAnother) throw error;
    }
  }
  return false;
}
