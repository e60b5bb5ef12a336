import { isSwitchedOn } from '../../sdkconfig/security.ts';
import { settingsThatAre } from '../../sdkconfig/settingsThatAre.ts';
import type { Rule } from '../../rule.ts';
import { FLASH_ENCRYPTION, KCONFIG } from '../references.ts';

const DEVELOPMENT = ['SECURE_FLASH_ENCRYPTION_MODE_DEVELOPMENT', 'FLASH_ENCRYPTION_INSECURE'];

export const configFeDev: Rule = {
  id: 'config-fe-dev',
  title: 'The firmware is built for flash encryption in development mode',
  meaning:
    'Devices made with it take new firmware over the cable and encrypt it themselves: whoever has the board can do so too. It is the ' +
    'default of ESP-IDF since 4.0.',
  severity: 'high',
  mend: [
    'CONFIG_SECURE_FLASH_ENCRYPTION_MODE_RELEASE=y for what is sold; keep development mode on your own boards.',
    'ESP-IDF 3.x: CONFIG_FLASH_ENCRYPTION_INSECURE off and CONFIG_FLASH_ENCRYPTION_DISABLE_PLAINTEXT=y.',
    'Release mode cannot be undone on a chip that has booted with it.',
  ],
  references: [FLASH_ENCRYPTION, KCONFIG],
  needs: ['sdkconfig'],
  check: ({ sdkconfig }) => {
    if (isSwitchedOn(sdkconfig, 'flashEncryption') === false) return [];
    const seen = settingsThatAre(sdkconfig, 'y', DEVELOPMENT);
    if (seen.length > 0 || isSwitchedOn(sdkconfig, 'releaseMode') !== undefined) return seen;
    return { notJudged: 'The sdkconfig names no mode of flash encryption.' };
  },
};
