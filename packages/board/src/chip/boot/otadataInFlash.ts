import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { type OtaCopy, OTADATA_SECTOR, type OtaEntry, parseOtadata } from '@mkiot/esp32/otadata/otadata';
import type { Partition } from '@mkiot/esp32/partitionTable/partition';
import { otadataEntryBytes } from './bootChoice.ts';
import type { FlashCache } from './flashCache.ts';

/** Both copies of the OTA data in `partition`; where neither is right, both are damaged. */
export function readOtadata(flash: FlashCache, { offset }: Partition): readonly [OtaCopy, OtaCopy] {
  try {
    return parseOtadata(flash.read(offset, 2 * OTADATA_SECTOR));
  } catch (error) {
    if (error instanceof MkiotError) return ['damaged', 'damaged'];
    throw error;
  }
}

/** Writes the entry of one of the two sectors; the other one stays. @throws `CHIP_POWER_LOST` */
export async function writeOtadata(
  flash: FlashCache,
  { offset }: Partition,
  sector: 0 | 1,
  entry: OtaEntry,
): Promise<void> {
  const address = offset + sector * OTADATA_SECTOR;
  await flash.raw.eraseSector(address);
  await flash.program(address, otadataEntryBytes(entry));
}
