import { PARTITION_SUBTYPES, PARTITION_TYPES } from '../../../partitionTable/partition.ts';
import type { Rule } from '../../rule.ts';
import { NVS_ENCRYPTION } from '../references.ts';
import { partitionsOf } from './partitionsOf.ts';

const { data } = PARTITION_TYPES;

export const nvsFlagged: Rule = {
  id: 'nvs-flagged',
  title: 'An NVS partition is flagged as encrypted, which does not work',
  meaning:
    'NVS has its own encryption and can not live under flash encryption. Since ESP-IDF 4.3 the flag is an error; before, it was ignored, and NVS lay in clear.',
  severity: 'medium',
  mend: ['Take the flag off the NVS partition, and switch on CONFIG_NVS_ENCRYPTION with an nvs_keys partition.'],
  references: [NVS_ENCRYPTION],
  needs: ['partitionTable', 'flash'],
  check: (subject) => {
    const table = partitionsOf(subject);
    if (table === undefined) return { notJudged: 'The partition table is not readable.' };
    return table.value
      .filter(
        ({ type, subtype, encrypted }) => type === data && subtype === PARTITION_SUBTYPES[data]?.['nvs'] && encrypted,
      )
      .map(({ name, offset, size }) => ({
        source: table.source,
        partition: name,
        offset,
        length: size,
        text: `"${name}" is NVS and has the flag "encrypted".`,
      }));
  },
};
