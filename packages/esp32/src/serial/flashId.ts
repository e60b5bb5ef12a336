import type { SpiRegisterLayout } from '../chips/spiRegisters.ts';
import { SPI_PHASES, SPI_START_USER_COMMAND } from '../chips/spiRegisters.ts';
import { loaderError } from './loaderErrors.ts';
import type { RomLoader } from './romLoader.ts';

/** JEDEC "read identification": manufacturer, type, and the size as a power of two. */
const READ_ID = 0x9f;
const ID_BITS = 24;
const SMALLEST_POWER = 0x10;
const LARGEST_POWER = 0x1b;
const COMMAND_BITS = 8;

export interface FlashId {
  /** Manufacturer in the lowest byte, as esptool prints it. */
  readonly id: number;
  readonly bytes: number;
}

/** Asks the flash itself, through the SPI controller's registers, as the loader has no command for it. @throws `FLASH_UNKNOWN` */
export async function readFlashId(loader: RomLoader, layout: SpiRegisterLayout): Promise<FlashId> {
  const at = (offset: number): number => layout.baseAddress + offset;
  const userBefore = await loader.readReg(at(layout.user));
  const user2Before = await loader.readReg(at(layout.user2));
  await loader.writeReg(at(layout.inputBits), ID_BITS - 1);
  await loader.writeReg(at(layout.user), (SPI_PHASES.command | SPI_PHASES.input) >>> 0);
  await loader.writeReg(at(layout.user2), (((COMMAND_BITS - 1) << 28) | READ_ID) >>> 0);
  await loader.writeReg(at(layout.data), 0);
  await loader.writeReg(at(0), SPI_START_USER_COMMAND);
  const id = (await loader.readReg(at(layout.data))) & 0xffffff;
  await loader.writeReg(at(layout.user), userBefore);
  await loader.writeReg(at(layout.user2), user2Before);
  const power = id >> 16;
  if (power < SMALLEST_POWER || power > LARGEST_POWER) {
    throw loaderError('FLASH_UNKNOWN', { id: `0x${id.toString(16).padStart(6, '0')}` });
  }
  return { id, bytes: 2 ** power };
}
