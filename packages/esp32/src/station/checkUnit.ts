import { keySlots } from '../efuse/keySlots.ts';
import { flashEncryptionState, secureBootIsOn } from '../efuse/readFuse.ts';
import { stationError } from './stationErrors.ts';
import type { Unit } from './unit.ts';

/** What the user has said about the unit on the bench. */
export interface UnitExpectation {
  readonly mac?: string | undefined;
  /** As in the name of a chip: `esp32s3`. */
  readonly chip?: string | undefined;
  /** It may have keys and security settings already. */
  readonly mayBeUsed: boolean;
  /** Its flash key is at hand. */
  readonly hasFlashKey: boolean;
}

/**
 * Refuses a unit that is another one, or of which somebody made something already. Changes nothing.
 *
 * @throws `UNIT_NOT_EXPECTED`, `UNIT_NOT_BLANK`, `UNIT_ENCRYPTS`, `FIRMWARE_OTHER_CHIP`
 */
export function checkUnit(unit: Unit, { mac, chip, mayBeUsed, hasFlashKey }: UnitExpectation): void {
  checkMac(unit.mac, mac);
  if (chip !== undefined && chip !== unit.chip.name) {
    throw stationError('FIRMWARE_OTHER_CHIP', { firmware: chip, chip: unit.chip.label });
  }
  const isEncrypting = flashEncryptionState(unit.efuses)?.isOn === true;
  if (isEncrypting && !hasFlashKey) throw stationError('UNIT_ENCRYPTS');
  const reason = mayBeUsed ? undefined : usedBy(unit);
  if (reason !== undefined) throw stationError('UNIT_NOT_BLANK', { reason });
}

/** Refuses a unit that is not the one that the user has named. @throws `UNIT_NOT_EXPECTED` */
export function checkMac(found: string, expected: string | undefined): void {
  if (expected === undefined || expected.toLowerCase() === found) return;
  throw stationError('UNIT_NOT_EXPECTED', { found, expected });
}

function usedBy({ efuses, broken }: Unit): string | undefined {
  if (broken.length > 0) return `the check bits of eFuse block ${broken.join(', ')} are wrong`;
  const encryption = flashEncryptionState(efuses);
  if (encryption?.isOn === true || encryption?.wasOn === true) return 'flash encryption is or was on';
  if (secureBootIsOn(efuses, 1) || secureBootIsOn(efuses, 2)) return 'secure boot is on';
  const slot = keySlots(efuses).find(({ isEmpty, isReadProtected }) => !isEmpty || isReadProtected);
  return slot === undefined ? undefined : `something is burned in ${slot.name}`;
}
