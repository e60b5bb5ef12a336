import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import type { Rule } from '../../rule.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const fePreloadedKey: Rule = {
  id: 'fe-preloaded-key',
  title: 'The flash encryption key was made on a computer, not on the chip',
  meaning:
    'Nothing shows whether the key is used for other devices too. If it is, who breaks one device, with a lab and hours, has ' +
    'broken them all; and a copy of it may still lie on that computer.',
  severity: 'info',
  mend: [
    'Make sure that each device has its own: "espsecure generate-flash-encryption-key KEYFILE" for every one of them.',
    'Delete the file once it is burned, or keep it where the keys of a company are kept.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['bootLog'],
  check: ({ bootLog }) => {
    const said = whatLogSays(bootLog, 'preloadedKey');
    if (said === undefined)
      return { notJudged: 'Only the log of the first boot with flash encryption tells where the key came from.' };
    return said.isWrong ? said.lines : [];
  },
};
