import { readFuses, secureBootIsOn } from '../../../efuse/readFuse.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { flashEncryptionOf } from '../flashEncryptionOf.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V2, WORKFLOWS } from '../references.ts';

export const sbOff: Rule = {
  id: 'sb-off',
  title: 'Secure boot is off',
  meaning:
    'The chip runs any firmware that is written to its flash. With flash encryption alone, encrypted blocks can still be replaced ' +
    'by older ones of the same device; without it, anyone with a cable decides what the device does.',
  severity: 'critical',
  mend: [
    'Make a signing key and keep it off the developers\' disks: "espsecure generate-signing-key --version 2 KEYFILE".',
    'In "idf.py menuconfig", Security features: "Enable hardware Secure Boot in bootloader", version 2.',
    '"mkiot esp32 plan" lists the burns in an order that does not dead-end. Secure boot cannot be switched off again: who loses the key can never update the device.',
  ],
  references: [SECURE_BOOT_V2, WORKFLOWS],
  needs: ['efuse', 'bootLog'],
  check,
};

function check(subject: AuditSubject): Judgement {
  const { efuse, bootLog } = subject;
  const said = whatLogSays(bootLog, 'secureBoot');
  const severity = flashEncryptionOf(subject) === 'off' ? 'critical' : 'high';
  if (efuse === undefined) {
    if (said === undefined)
      return { notJudged: 'No line of the boot log tells of secure boot. Give the output of "espefuse summary".' };
    return said.isWrong ? said.lines.map((line) => ({ ...line, severity })) : [];
  }
  if (secureBootIsOn(efuse.value, 1) || secureBootIsOn(efuse.value, 2)) return [];
  const fuses = [...readFuses(efuse.value, 'secureBootV1'), ...readFuses(efuse.value, 'secureBootV2')];
  if (fuses.length === 0) return { notJudged: 'This summary does not tell the eFuses of secure boot.' };
  return fuses.map((fuse) => ({ ...fuseObservation(efuse, fuse), severity }));
}
