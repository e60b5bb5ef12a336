import type { Rule } from '../../rule.ts';
import { FLASH_ENCRYPTION, KCONFIG } from '../references.ts';
import { INSECURE_OPTIONS } from './insecureOptions.ts';
import { wrongOptions } from './wrongOptions.ts';

export const configInsecureOptions: Rule = {
  id: 'config-insecure-options',
  title: 'The firmware is built with options that leave protections open',
  meaning:
    'Each of them leaves an eFuse unburned at the first boot, or a check out. Devices made with this firmware have the hole for as ' +
    'long as that eFuse stays open.',
  severity: 'critical',
  mend: [
    'In "idf.py menuconfig", Security features, "Potentially insecure options": switch off what the evidence names, and build again.',
    'Devices that have booted once keep their open eFuses: burn those by hand (the findings about eFuses say which), or from an update.',
  ],
  references: [KCONFIG, FLASH_ENCRYPTION],
  needs: ['sdkconfig'],
  check: (subject) => wrongOptions(subject, INSECURE_OPTIONS),
};
