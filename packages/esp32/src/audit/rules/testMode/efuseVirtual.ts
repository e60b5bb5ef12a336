import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import { settingsThatAre } from '../../sdkconfig/settingsThatAre.ts';
import type { Rule } from '../../rule.ts';
import { EFUSES } from '../references.ts';

export const efuseVirtual: Rule = {
  id: 'efuse-virtual',
  title: 'eFuses are only played: nothing is burned',
  meaning:
    'The firmware writes its eFuses into memory or flash instead of into the chip. Flash encryption and secure boot look as if they ' +
    'were on, and protect nothing.',
  severity: 'critical',
  mend: ['Switch off CONFIG_EFUSE_VIRTUAL, build again, and set the device up from the start.'],
  references: [EFUSES],
  needs: ['bootLog', 'sdkconfig'],
  check: ({ bootLog, sdkconfig }) => {
    const set = settingsThatAre(sdkconfig, 'y', ['EFUSE_VIRTUAL']);
    const said = whatLogSays(bootLog, 'efuseVirtual')?.lines ?? [];
    if (set.length + said.length > 0) return [...set, ...said];
    if (sdkconfig !== undefined) return [];
    return { notJudged: 'No line of the boot log tells, which proves nothing. Give the sdkconfig, or the eFuses.' };
  },
};
