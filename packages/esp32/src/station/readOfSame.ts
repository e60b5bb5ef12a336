import { macOf } from '../audit/inputs/macAddress.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { readEfuses } from '../serial/readEfuses.ts';
import type { RomLoader } from '../serial/romLoader.ts';
import { stationError } from './stationErrors.ts';
import type { UnitRun } from './unitRun.ts';

/** The eFuses of the unit after its firmware ran: boards may have been exchanged. @throws `UNIT_EXCHANGED`, and as the serial client */
export async function readOfSame(loader: RomLoader, { unit }: UnitRun): Promise<EfuseDump> {
  const efuses = await readEfuses(loader, unit.chip);
  const found = macOf(efuses) ?? 'none';
  if (found !== unit.mac) throw stationError('UNIT_EXCHANGED', { found, expected: unit.mac });
  return efuses;
}
