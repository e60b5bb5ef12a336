import { countOnes, readFuses } from '../../../efuse/readFuse.ts';
import type { Rule } from '../../rule.ts';
import { openFuses } from '../openFuse.ts';
import { JTAG } from '../references.ts';

export const jtagOn: Rule = {
  id: 'jtag-on',
  title: 'The debugger (JTAG) is open',
  meaning:
    'With four wires, or the USB plug of newer chips, somebody stops the firmware and reads memory, keys in use and the flash ' +
    'decrypted. Espressif says that it negates all protections of flash encryption.',
  severity: 'critical',
  mend: [
    'On this device: "espefuse burn-efuse JTAG_DISABLE 1" (ESP32), HARD_DIS_JTAG (S2), DIS_PAD_JTAG and DIS_USB_JTAG (others). It cannot be undone.',
    'For the next devices, switch off CONFIG_SECURE_BOOT_ALLOW_JTAG; in ESP-IDF 3.x CONFIG_FLASH_ENCRYPTION_INSECURE allowed it.',
    'Chips with the HMAC peripheral can close it so that only who has a key opens it: burn a key of purpose HMAC_DOWN_JTAG, then all bits of SOFT_DIS_JTAG.',
  ],
  references: [JTAG],
  needs: ['efuse', 'bootLog'],
  check: (subject) => {
    const soft = subject.efuse === undefined ? [] : readFuses(subject.efuse.value, 'softJtag');
    // An odd number of bits closes all of JTAG until an HMAC key opens it.
    if (soft.some(({ value }) => countOnes(value) % 2 === 1)) return [];
    return openFuses(subject, { fuse: 'jtag', topic: 'jtag', severityWithoutEncryption: 'medium' });
  },
};
