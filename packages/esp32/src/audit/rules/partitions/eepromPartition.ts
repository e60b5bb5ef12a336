import { PARTITION_TYPES } from '../../../partitionTable/partition.ts';
import type { Rule } from '../../rule.ts';
import { ARDUINO_COMPONENT, NVS_ENCRYPTION } from '../references.ts';
import { encryptionIntended } from './encryptionIntended.ts';
import { partitionsOf } from './partitionsOf.ts';

export const eepromPartition: Rule = {
  id: 'eeprom-partition',
  title: 'The flag "encrypted" on an Arduino EEPROM partition does not encrypt what the library writes',
  meaning:
    'The library writes with a plain call, past the cipher. Keys and passwords in it stay readable, although the partition table says otherwise.',
  severity: 'high',
  mend: [
    'Move to Preferences, or to the EEPROM library of core 1.0.3 and newer, which keep their data in NVS, and encrypt NVS (CONFIG_NVS_ENCRYPTION=y with an nvs_keys partition).',
    'Erase the old partition, and give the device new keys.',
  ],
  references: [NVS_ENCRYPTION, ARDUINO_COMPONENT],
  needs: ['partitionTable', 'flash'],
  check: (subject) => {
    const table = partitionsOf(subject);
    if (table === undefined) return { notJudged: 'The partition table is not readable.' };
    if (encryptionIntended(subject) === 'no') return [];
    return table.value
      .filter(({ type, subtype, encrypted }) => type === PARTITION_TYPES.data && subtype === 0x99 && encrypted)
      .map(({ name, offset, size }) => ({
        source: table.source,
        partition: name,
        offset,
        length: size,
        text: `"${name}" is flagged, but of the subtype 0x99 of the Arduino EEPROM library.`,
      }));
  },
};
