import type { Rule } from '../../rule.ts';
import { openFuses } from '../openFuse.ts';
import { FLASH_ENCRYPTION } from '../references.ts';

export const basicOn: Rule = {
  id: 'basic-on',
  title: 'The BASIC interpreter of the ROM starts when no bootloader is found',
  meaning:
    'Who makes the chip fail to find its bootloader, for instance by holding a line of the flash, gets a prompt on the serial line ' +
    'that reads and writes memory and eFuses.',
  severity: 'medium',
  chips: ['esp32'],
  mend: [
    'On this device: "espefuse burn-efuse CONSOLE_DEBUG_DISABLE 1". It cannot be undone, and no product needs BASIC.',
    'For the next devices, switch off CONFIG_SECURE_BOOT_ALLOW_ROM_BASIC.',
  ],
  references: [FLASH_ENCRYPTION],
  needs: ['efuse', 'bootLog'],
  check: (subject) => openFuses(subject, { fuse: 'romBasic', topic: 'romBasic', severityWithoutEncryption: 'low' }),
};
