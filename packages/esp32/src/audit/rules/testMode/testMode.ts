import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import { settingsThatAre } from '../../sdkconfig/settingsThatAre.ts';
import type { Rule } from '../../rule.ts';
import { SECURE_BOOT_V1 } from '../references.ts';

export const testMode: Rule = {
  id: 'test-mode',
  title: 'Secure boot runs in test mode: nothing is burned',
  meaning:
    'The bootloader goes through the steps of secure boot without burning an eFuse. Any firmware runs on the device.',
  severity: 'critical',
  versions: 'ESP-IDF 3.0 to 3.2',
  mend: ['Switch off CONFIG_SECURE_BOOT_TEST_MODE, build again, and set the device up from the start.'],
  references: [SECURE_BOOT_V1],
  needs: ['bootLog', 'sdkconfig'],
  check: ({ bootLog, sdkconfig }) => {
    const set = settingsThatAre(sdkconfig, 'y', ['SECURE_BOOT_TEST_MODE']);
    const said = whatLogSays(bootLog, 'testMode')?.lines ?? [];
    if (set.length + said.length > 0) return [...set, ...said];
    if (sdkconfig !== undefined) return [];
    return { notJudged: 'No line of the boot log tells, which proves nothing. Give the sdkconfig, or the eFuses.' };
  },
};
