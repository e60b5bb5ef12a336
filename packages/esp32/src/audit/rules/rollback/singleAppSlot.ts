import { PARTITION_SUBTYPES, PARTITION_TYPES } from '../../../partitionTable/partition.ts';
import type { Rule } from '../../rule.ts';
import { partitionsOf } from '../partitions/partitionsOf.ts';
import { OTA } from '../references.ts';

const { app } = PARTITION_TYPES;
const { ota_0: FIRST = 0, ota_15: LAST = 0 } = PARTITION_SUBTYPES[app] ?? {};

export const singleAppSlot: Rule = {
  id: 'single-app-slot',
  title: 'There are not two slots for firmware, so no update can be taken back',
  meaning:
    'A device that writes its only firmware over itself is lost if the power goes, and can not return to the one before. Without OTA slots it takes no update at all.',
  severity: 'medium',
  mend: [
    'A partition table with ota_0, ota_1 and otadata: CONFIG_PARTITION_TABLE_TWO_OTA=y, or your own partitions.csv.',
    'The table can not be changed over the air with safety: decide before the first device leaves.',
  ],
  references: [OTA],
  needs: ['partitionTable', 'flash'],
  check: (subject) => {
    const table = partitionsOf(subject);
    if (table === undefined) return { notJudged: 'The partition table is not readable.' };
    const apps = table.value.filter(({ type }) => type === app);
    const slots = apps.filter(({ subtype }) => subtype >= FIRST && subtype <= LAST);
    if (slots.length >= 2 || apps.length === 0) return [];
    return apps.map(({ name, offset }) => ({
      source: table.source,
      partition: name,
      offset,
      text: `"${name}" is ${slots.length === 0 ? 'no OTA slot, and there is none' : 'the only OTA slot, or stands beside only one'}.`,
    }));
  },
};
