import { canCloseDownload } from '../../../efuse/burnEfuses.ts';
import type { SecurityFuse } from '../../../chips/securityFuses.ts';
import { readFuses } from '../../../efuse/readFuse.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { WORKFLOWS } from '../references.ts';

/** What should be burned on a finished device. */
const SHOULD_BE_BURNED: readonly SecurityFuse[] = [
  'downloadEncrypt',
  'downloadDecrypt',
  'downloadCache',
  'jtag',
  'romBasic',
  'directBoot',
  'downloadMode',
];

export const lockedOpen: Rule = {
  id: 'locked-open',
  title: 'A protection is off and write-protected: it can never be switched on',
  meaning:
    'Something write-protected this eFuse, or its group, before it was burned. What it leaves open stays open on this chip for ever.',
  severity: 'high',
  mend: [
    'Nothing mends this chip. Use it where nobody gets at it.',
    'For the next ones keep the order: burn every eFuse of a group first and write-protect after it. The counter of flash encryption of the ESP32 shares its write protection with UART_DOWNLOAD_DIS: set it to 127 instead of write-protecting it. "mkiot esp32 plan" keeps the order.',
  ],
  references: [WORKFLOWS],
  needs: ['efuse'],
  check,
};

function check({ efuse }: AuditSubject): Judgement {
  if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
  const isSecureDownload = readFuses(efuse.value, 'secureDownload').some(({ value }) => value === 1);
  const needless = isSecureDownload || !canCloseDownload(efuse.value);
  return SHOULD_BE_BURNED.filter((purpose) => purpose !== 'downloadMode' || !needless)
    .flatMap((purpose) => readFuses(efuse.value, purpose))
    .filter(({ value, isLocked }) => value === 0 && isLocked)
    .map((fuse) => fuseObservation(efuse, fuse));
}
