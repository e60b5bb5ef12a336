import { PARTITION_SUBTYPES, PARTITION_TYPES } from '../../../partitionTable/partition.ts';
import { isSwitchedOn, SECURITY_SETTINGS } from '../../sdkconfig/security.ts';
import { settingsThatAre } from '../../sdkconfig/settingsThatAre.ts';
import type { Rule } from '../../rule.ts';
import { partitionsOf } from '../partitions/partitionsOf.ts';
import { CORE_DUMP } from '../references.ts';

const { data } = PARTITION_TYPES;

export const configCoredumpToFlash: Rule = {
  id: 'config-coredump-to-flash',
  title: 'After a crash the memory is written to flash, where it can be read',
  meaning:
    'A core dump holds the stacks of all tasks: session keys, passwords, private keys in use. Whoever makes the device crash, and reads its flash, has them.',
  severity: 'medium',
  mend: [
    'CONFIG_ESP_COREDUMP_ENABLE_TO_NONE=y for a release,',
    'or flag the partition: "coredump, data, coredump, , 64K, encrypted", with flash encryption on.',
  ],
  references: [CORE_DUMP],
  needs: ['sdkconfig'],
  check: (subject) => {
    const isOn = isSwitchedOn(subject.sdkconfig, 'coredumpToFlash');
    if (isOn === undefined) return { notJudged: 'The sdkconfig does not name CONFIG_ESP_COREDUMP_ENABLE_TO_FLASH.' };
    const dumps = (partitionsOf(subject)?.value ?? []).filter(
      ({ type, subtype }) => type === data && subtype === PARTITION_SUBTYPES[data]?.['coredump'],
    );
    if (!isOn || (dumps.length > 0 && dumps.every(({ encrypted }) => encrypted))) return [];
    return settingsThatAre(subject.sdkconfig, 'y', SECURITY_SETTINGS.coredumpToFlash);
  },
};
