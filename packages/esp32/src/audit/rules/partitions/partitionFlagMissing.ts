import { PARTITION_SUBTYPES, PARTITION_TYPES, type Partition } from '../../../partitionTable/partition.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { FLASH_ENCRYPTION, PARTITION_TABLES } from '../references.ts';
import { encryptionIntended } from './encryptionIntended.ts';
import { partitionsOf } from './partitionsOf.ts';

const { data } = PARTITION_TYPES;

/** Data that is the owner's, and that flash encryption covers only with the flag. */
const NEEDS_FLAG: readonly { readonly what: string; readonly is: (partition: Partition) => boolean }[] = [
  ...['spiffs', 'littlefs', 'fat', 'coredump', 'undefined'].map((name) => ({
    what: name,
    is: ({ type, subtype }: Partition) => type === data && subtype === PARTITION_SUBTYPES[data]?.[name],
  })),
  { what: 'Arduino EEPROM', is: ({ type, subtype, name }) => (type === data && subtype === 0x99) || name === 'eeprom' },
  { what: 'esp_secure_cert', is: ({ type, name }) => type === 0x3f || name === 'esp_secure_cert' },
  { what: 'data of the project', is: ({ type }) => type >= 0x40 },
];

export const partitionFlagMissing: Rule = {
  id: 'partition-flag-missing',
  title: 'Partitions with data stay readable: they are not flagged as encrypted',
  meaning:
    'Flash encryption covers the bootloader, the partition table and the apps by itself, and of the rest only what has the flag ' +
    '"encrypted". Files, EEPROM, crash dumps and certificates lie in clear on an "encrypted" device.',
  severity: 'high',
  mend: [
    'Add "encrypted" in the last column of partitions.csv for what the evidence names, and build again.',
    'SPIFFS does not work with flash encryption: use LittleFS or FAT. The Arduino EEPROM library of old cores writes past the cipher even with the flag: move its data to encrypted NVS.',
    'A device in the field keeps its old table and its old data: erase the partition once, and treat what was in it as known.',
  ],
  references: [PARTITION_TABLES, FLASH_ENCRYPTION],
  needs: ['partitionTable', 'flash'],
  check,
};

function check(subject: AuditSubject): Judgement {
  const table = partitionsOf(subject);
  if (table === undefined)
    return { notJudged: 'The partition table is not readable. Give partitions.csv, or the flash key.' };
  const intended = encryptionIntended(subject);
  if (intended === 'no') return [];
  return table.value
    .filter(({ encrypted }) => !encrypted)
    .flatMap((partition) => {
      const kind = NEEDS_FLAG.find(({ is }) => is(partition));
      if (kind === undefined) return [];
      const text = `"${partition.name}" (${kind.what}) has no flag "encrypted".`;
      const { name, offset, size } = partition;
      const seen = { source: table.source, partition: name, offset, length: size, text };
      return [intended === 'yes' ? seen : { ...seen, severity: 'medium' as const }];
    });
}
