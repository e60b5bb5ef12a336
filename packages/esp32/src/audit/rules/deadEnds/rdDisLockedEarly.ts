import { keySlotsFor } from '../../../efuse/keySlots.ts';
import { flashEncryptionState, readFuse } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { fuseObservation } from '../fuseObservation.ts';
import { SECURE_BOOT_V2, WORKFLOWS } from '../references.ts';

export const rdDisLockedEarly: Rule = {
  id: 'rd-dis-locked-early',
  title: 'RD_DIS is write-protected, but no flash key is read-protected: flash encryption can not be set up any more',
  meaning:
    'A flash key must not be readable, and nothing can be read-protected on this chip now. The bootloader refuses to switch flash ' +
    'encryption on. It comes of enabling secure boot first.',
  severity: 'high',
  mend: [
    'Nothing mends this chip. Keep its secrets out of the flash.',
    'For the next ones: burn the flash key, which read-protects it, and only then write-protect RD_DIS. With both in one firmware, ESP-IDF keeps that order.',
  ],
  references: [SECURE_BOOT_V2, WORKFLOWS],
  needs: ['efuse'],
  check: ({ efuse }) => {
    const fuse = efuse === undefined ? undefined : readFuse(efuse.value, 'RD_DIS');
    if (efuse === undefined || fuse === undefined) return { notJudged: 'RD_DIS is not told.' };
    const hidden = keySlotsFor(efuse.value, 'flash-encryption').some(({ isReadProtected }) => isReadProtected);
    const isOn = flashEncryptionState(efuse.value)?.isOn === true;
    return fuse.isLocked && !hidden && !isOn ? [fuseObservation(efuse, fuse)] : [];
  },
};
