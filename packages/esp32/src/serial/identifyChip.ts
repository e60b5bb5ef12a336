import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { Chip } from '../chips/chip.ts';
import { CHIPS } from '../chips/chips.ts';
import { EFUSE_REGISTERS } from '../chips/efuseRegisters.ts';
import { loaderError } from './loaderErrors.ts';
import type { RomLoader } from './romLoader.ts';

/** GET_SECURITY_INFO tells the chip's id here; that of the ESP32-S2 is too short for it. */
const CHIP_ID_OFFSET = 12;
const FLAG_SECURE_DOWNLOAD = 1 << 2;

/** A word in ROM that differs between the chips without an id. */
const MAGIC_ADDRESS = 0x40001000;
const CHIPS_BY_MAGIC: Readonly<Record<number, Chip>> = { 0x00f01d83: CHIPS.esp32, 0x000007c6: CHIPS.esp32s2 };

export interface ChipAtLine {
  readonly chip: Chip;
  /** Its loader reads no registers and no flash any more. */
  readonly isSecureDownload: boolean;
}

/** What chip is at the line, by what it says itself. @throws `LOADER_CHIP_UNKNOWN`, `LOADER_CHIP_UNSUPPORTED` */
export async function identifyChip(loader: RomLoader): Promise<ChipAtLine> {
  const info = await securityInfo(loader);
  const found = info ?? { chip: await chipByMagic(loader), isSecureDownload: false };
  if (EFUSE_REGISTERS[found.chip.name] === undefined) {
    throw loaderError('LOADER_CHIP_UNSUPPORTED', {
      chip: found.chip.label,
      known: labels(Object.keys(EFUSE_REGISTERS)),
    });
  }
  return found;
}

/** @returns undefined for a chip that does not tell its id so */
async function securityInfo(loader: RomLoader): Promise<ChipAtLine | undefined> {
  const info = await loader.getSecurityInfo().catch((error: unknown) => {
    if (error instanceof MkiotError && error.code === 'LOADER_REFUSED') return new Uint8Array();
    throw error;
  });
  if (info.length < CHIP_ID_OFFSET + 4) return undefined;
  const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const id = view.getUint32(CHIP_ID_OFFSET, true);
  const chip = Object.values(CHIPS).find(({ imageChipId }) => imageChipId === id);
  if (chip === undefined) {
    throw loaderError('LOADER_CHIP_UNKNOWN', { found: `number ${id}`, known: labels(Object.keys(EFUSE_REGISTERS)) });
  }
  return { chip, isSecureDownload: (view.getUint32(0, true) & FLAG_SECURE_DOWNLOAD) !== 0 };
}

async function chipByMagic(loader: RomLoader): Promise<Chip> {
  const magic = await loader.readReg(MAGIC_ADDRESS);
  const chip = CHIPS_BY_MAGIC[magic];
  if (chip !== undefined) return chip;
  const found = `one with the word 0x${magic.toString(16).padStart(8, '0')} in ROM`;
  throw loaderError('LOADER_CHIP_UNKNOWN', { found, known: labels(Object.keys(EFUSE_REGISTERS)) });
}

function labels(names: readonly string[]): string {
  return names.map((name) => CHIPS[name as keyof typeof CHIPS].label).join(', ');
}
