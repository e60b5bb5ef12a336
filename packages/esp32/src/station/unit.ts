import { macOf } from '../audit/inputs/macAddress.ts';
import type { Chip } from '../chips/chip.ts';
import { EFUSE_REGISTERS } from '../chips/efuseRegisters.ts';
import { SPI_REGISTERS } from '../chips/spiRegisters.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { readFlashId } from '../serial/flashId.ts';
import { identifyChip } from '../serial/identifyChip.ts';
import { brokenBlocks, readEfuses } from '../serial/readEfuses.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { stationError } from './stationErrors.ts';

/** A chip on the bench, as the station itself has read it. */
export interface Unit {
  readonly chip: Chip;
  /** As it is printed: `a0:b1:c2:d3:e4:f5`. */
  readonly mac: string;
  readonly efuses: EfuseDump;
  /** Blocks whose check bits do not fit. */
  readonly broken: readonly number[];
  readonly flashBytes: number;
}

/** Reads who is at the line and what is burned into it. @throws `UNIT_CLOSED`, and as the serial client */
export async function identifyUnit(loader: RomLoader): Promise<Unit> {
  const { chip, isSecureDownload } = await identifyChip(loader);
  if (isSecureDownload) throw stationError('UNIT_CLOSED');
  const [efuseRegisters, spiRegisters] = [EFUSE_REGISTERS[chip.name], SPI_REGISTERS[chip.name]];
  if (efuseRegisters === undefined || spiRegisters === undefined) throw new TypeError(`no registers of ${chip.name}`);
  const efuses = await readEfuses(loader, chip);
  const broken = await brokenBlocks(loader, chip, efuseRegisters);
  await loader.spiAttach();
  const { bytes: flashBytes } = await readFlashId(loader, spiRegisters);
  await loader.spiSetParams(flashBytes);
  return { chip, mac: macOf(efuses) ?? 'none', efuses, broken, flashBytes };
}
