import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Rule } from '../../rule.ts';
import { flashEncryptionOf } from '../flashEncryptionOf.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const slotWithoutImage: Rule = {
  id: 'slot-without-image',
  title: 'An app slot held no firmware when the flash was encrypted, so what lay in it was left as it was',
  meaning:
    'The bootloader encrypts a slot only if it finds an app in it. Parts of an older firmware, with what was compiled into it, stay readable there.',
  severity: 'low',
  mend: [
    'Erase the whole flash before the first boot with encryption: "idf.py erase-flash".',
    'On this device: fill the slot with an update; what lies behind the end of the new image stays.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['bootLog'],
  check: (subject) => {
    const said = whatLogSays(subject.bootLog, 'slotImage');
    const encryption = flashEncryptionOf(subject);
    if (encryption === 'off') return [];
    if (encryption === 'on' && said !== undefined) return said.lines;
    return { notJudged: 'Only the log of the boot that encrypts tells of empty slots.' };
  },
};
