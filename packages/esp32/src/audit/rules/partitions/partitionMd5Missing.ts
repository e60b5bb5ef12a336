import { settingsThatAre } from '../../sdkconfig/settingsThatAre.ts';
import type { Rule } from '../../rule.ts';
import { PARTITION_TABLES, VULNERABILITIES } from '../references.ts';

export const partitionMd5Missing: Rule = {
  id: 'partition-md5-missing',
  title: 'The partition table has no MD5, so a changed table is not noticed',
  meaning:
    'Whoever can write the flash changes blocks of the encrypted table blindly, and the bootloader takes what comes out of them (CVE-2021-27926).',
  severity: 'low',
  mend: [
    'CONFIG_PARTITION_TABLE_MD5=y, and write the table again. Without it only bootloaders of ESP-IDF before 3.1 can read the table.',
  ],
  references: [PARTITION_TABLES, VULNERABILITIES],
  needs: ['flash', 'sdkconfig'],
  check: ({ flash, sdkconfig }) => {
    const set = settingsThatAre(sdkconfig, 'n', ['PARTITION_TABLE_MD5']);
    const found = flash?.value.partitionTable;
    if (flash === undefined || found === undefined) {
      const isTold = sdkconfig?.value.settings.has('PARTITION_TABLE_MD5') === true;
      return isTold
        ? set
        : { notJudged: 'Neither the partition table in flash nor CONFIG_PARTITION_TABLE_MD5 is told.' };
    }
    if (found.table.hasMd5) return set;
    return [{ source: flash.source, offset: found.offset, text: 'The partition table ends without an MD5.' }, ...set];
  },
};
