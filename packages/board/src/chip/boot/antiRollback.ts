import { EfuseBatch, efuseBits, efuseOnes } from './efuseFields.ts';
import type { Stage } from './stage.ts';

const FIELD = 'SECURE_VERSION';

/** The version below which no app boots: as many bits as are burned. */
export function secureVersionOf({ hardware }: Pick<Stage, 'hardware'>): number {
  return efuseOnes(hardware.efuse.readable(), FIELD);
}

/** Burns `version`: from now on apps of lower versions are refused for ever. @throws `CHIP_POWER_LOST` */
export function raiseSecureVersion({ hardware, console }: Pick<Stage, 'hardware' | 'console'>, version: number): void {
  const dump = hardware.efuse.readable();
  const wanted = Math.min(version, efuseBits(dump, FIELD));
  if (wanted <= efuseOnes(dump, FIELD)) return;
  const batch = new EfuseBatch(hardware.efuse);
  batch.set(FIELD, 2 ** wanted - 1);
  batch.commit(
    () => undefined,
    () => undefined,
  );
  console.log('I', 'efuse', `Anti-rollback is set. eFuse field is updated(${wanted}).`);
}
