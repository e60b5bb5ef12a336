import type { FlashDump } from '../../flash/flashDump.ts';
import type { NvsArea } from '../../flash/nvsArea.ts';
import type { Observation, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { flashEncryptionOf } from '../flashEncryptionOf.ts';
import { NVS_ENCRYPTION } from '../references.ts';

/** What an audit shows of what NVS holds. */
const MOST_NAMES = 5;

export const nvsPlainWhileFe: Rule = {
  id: 'nvs-plain-while-fe',
  title: 'Flash is encrypted, but NVS is not',
  meaning:
    'Flash encryption never covers NVS. Preferences, the EEPROM library of Arduino, Wi-Fi credentials and everything else that is ' +
    'written with nvs_set_… can be read and changed by whoever has the flash.',
  severity: 'high',
  mend: [
    'Add a partition "nvs_keys, data, nvs_keys, , 0x1000, encrypted" and set CONFIG_NVS_ENCRYPTION=y; on chips with the HMAC peripheral CONFIG_NVS_SEC_KEY_PROTECT_USING_HMAC needs no flash encryption.',
    'Erase NVS once: values that are there are not encrypted afterwards, and the old ones stay readable.',
    'nvs_flash_init() opens the default partition encrypted; others need nvs_flash_secure_init_partition().',
  ],
  references: [NVS_ENCRYPTION],
  needs: ['flash'],
  check: (subject) => {
    const { flash } = subject;
    const isOn = isFlashEncrypted(subject);
    if (flash === undefined || isOn === undefined) {
      return { notJudged: 'Neither eFuses nor boot log nor bootloader tell whether flash encryption is on.' };
    }
    if (!isOn) return [];
    if (flash.value.nvs.length === 0) return { notJudged: 'No NVS was found in the dump.' };
    return flash.value.nvs.filter(holdsValues).map((area) => observation(flash.source, flash.value, area));
  },
};

/** Also by the flash itself: a bootloader or partition table that is ciphertext starts on no other device. */
function isFlashEncrypted(subject: AuditSubject): boolean | undefined {
  const known = flashEncryptionOf(subject);
  if (known !== 'unknown') return known === 'on';
  const early = subject.flash?.value.regions.filter(({ name }) => name === 'bootloader' || name === 'partition table');
  return early?.some(({ content }) => content === 'encrypted') === true ? true : undefined;
}

function holdsValues({ access, records }: NvsArea): boolean {
  return access === 'clear' && records.some(({ state }) => state === 'current');
}

function observation(source: string, flash: FlashDump, { region, offset, size, records }: NvsArea): Observation {
  const current = records.filter(({ state }) => state === 'current');
  const names = current.slice(0, MOST_NAMES).map(({ namespace, key }) => `${namespace ?? '?'}/${key}`);
  const more = current.length > names.length ? ', …' : '';
  const isPartition = flash.regions.some(({ name, partition }) => name === region && partition !== undefined);
  const values = current.length === 1 ? 'One value' : `${current.length} values`;
  const text = `${values} in clear: ${names.join(', ')}${more}.`;
  return { source, text, offset, length: size, ...(isPartition && { partition: region }) };
}
