import { type EfuseDump, rawBytes } from '../../efuse/efuseDump.ts';
import { fieldsOf } from '../../efuse/efuseFields.ts';
import { hexBytes } from '../../efuse/efuseValue.ts';
import type { BootLog } from '../bootLog/bootLog.ts';
import type { FlashDump } from '../flash/flashDump.ts';
import type { AuditSubject } from '../subject.ts';
import { inputError } from './inputErrors.ts';

/** The factory's MAC address of a chip, as it is printed; undefined on one that has none, such as an emulated one. */
export function macOf(dump: EfuseDump): string | undefined {
  const field = fieldsOf(dump).find(({ name }) => name === 'MAC');
  const bytes = field && rawBytes(dump, field).toReversed();
  return bytes?.some((byte) => byte !== 0) === true ? hexBytes(bytes, ':') : undefined;
}

/**
 * Checks that eFuses, boot log and flash dump name no two devices by their MAC address.
 *
 * @throws `AUDIT_MACS_DISAGREE`
 */
export function checkMacs({ efuse, bootLog, flash }: AuditSubject): void {
  const claims = [
    { source: efuse?.source, mac: efuse && macOf(efuse.value) },
    { source: bootLog?.source, mac: bootLog && macInLog(bootLog.value) },
    { source: flash?.source, mac: flash && macInFlash(flash.value) },
  ].filter((claim): claim is { source: string; mac: string } => claim.mac !== undefined);
  const [first, ...others] = claims;
  const other = others.find(({ mac }) => mac !== first?.mac);
  if (first === undefined || other === undefined) return;
  throw inputError('AUDIT_MACS_DISAGREE', { ...first, other: other.source, otherMac: other.mac });
}

/** ESP-IDF's Wi-Fi says `mode : sta (24:0a:c4:00:00:01)`; a station has the factory's address. */
function macInLog({ lines }: BootLog): string | undefined {
  for (const { text } of lines) {
    const mac = /\bmode : sta \(((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\)/.exec(text)?.[1];
    if (mac !== undefined) return mac;
  }
  return undefined;
}

/** ESP-IDF, phy_init.c, keeps with the calibration of the radio the address of the chip that it is of. */
function macInFlash({ nvs }: FlashDump): string | undefined {
  const records = nvs.flatMap(({ records }) => records);
  const calibrated = records.find(
    ({ namespace, key, state }) => namespace === 'phy' && key === 'cal_mac' && state === 'current',
  );
  return calibrated?.value instanceof Uint8Array ? hexBytes(calibrated.value, ':') : undefined;
}
