import { loaderClosedBy } from '../../../efuse/burnEfuses.ts';
import type { SecurityFuse } from '../../../chips/securityFuses.ts';
import { countOnes, flashEncryptionState, readFuses, secureBootIsOn } from '../../../efuse/readFuse.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { WORKFLOWS } from '../references.ts';

const LEFT: readonly SecurityFuse[] = [
  'downloadEncrypt',
  'downloadDecrypt',
  'downloadCache',
  'jtag',
  'romBasic',
  'directBoot',
];

export const loaderClosedEarly: Rule = {
  id: 'loader-closed-early',
  title: 'The serial loader was closed before everything else was burned',
  meaning:
    'espefuse can burn nothing on this chip any more. What is still open can only be closed by firmware that runs on it, if that ' +
    'firmware can still be replaced.',
  severity: 'medium',
  mend: [
    'Burn the rest from an update of the firmware: esp_efuse_write_field_bit() for each eFuse, or esp_flash_encryption_set_release_mode().',
    'For the next ones: UART_DOWNLOAD_DIS, DIS_DOWNLOAD_MODE and ENABLE_SECURITY_DOWNLOAD come last. "mkiot esp32 plan" keeps the order.',
  ],
  references: [WORKFLOWS],
  needs: ['efuse'],
  check,
};

function check({ efuse }: AuditSubject): Judgement {
  if (efuse === undefined) return { notJudged: 'The eFuses are not told.' };
  const closedBy = loaderClosedBy(efuse.value);
  if (closedBy === undefined) return [];
  const soft = readFuses(efuse.value, 'softJtag').some(({ value }) => countOnes(value) % 2 === 1);
  const open = LEFT.filter((purpose) => !(purpose === 'jtag' && soft)).flatMap((purpose) =>
    readFuses(efuse.value, purpose),
  );
  const state = flashEncryptionState(efuse.value);
  const counter = state === undefined || state.isPermanent ? [] : [state.counter];
  const boot =
    secureBootIsOn(efuse.value, 1) || secureBootIsOn(efuse.value, 2) ? [] : readFuses(efuse.value, 'secureBootV2');
  return [...counter, ...boot, ...open.filter(({ value }) => value === 0)].map((fuse) =>
    fuseObservation(efuse, fuse, `${closedBy} is burned, so espefuse can not.`),
  );
}
