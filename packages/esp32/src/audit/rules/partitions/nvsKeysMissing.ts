import { keySlots } from '../../../efuse/keySlots.ts';
import { PARTITION_SUBTYPES, PARTITION_TYPES, type Partition } from '../../../partitionTable/partition.ts';
import { whatLogSays } from '../../bootLog/whatLogSays.ts';
import { settingsThatAre } from '../../sdkconfig/settingsThatAre.ts';
import type { Judgement, Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { NVS_ENCRYPTION } from '../references.ts';
import { encryptionIntended } from './encryptionIntended.ts';
import { partitionsOf } from './partitionsOf.ts';

const { data } = PARTITION_TYPES;

export const nvsKeysMissing: Rule = {
  id: 'nvs-keys-missing',
  title: 'NVS can not be encrypted: there is no place for its keys',
  meaning:
    'Flash encryption never covers NVS. Its own encryption needs a partition nvs_keys, or an HMAC key in the eFuses: without either, ' +
    'Wi-Fi passwords and keys in NVS lie in clear.',
  severity: 'high',
  mend: [
    'Add "nvs_keys, data, nvs_keys, , 0x1000, encrypted" to partitions.csv and set CONFIG_NVS_ENCRYPTION=y;',
    'on chips with the HMAC peripheral: CONFIG_NVS_SEC_KEY_PROTECT_USING_HMAC=y, and "espefuse burn-key BLOCK_KEYn KEYFILE HMAC_UP". Burning cannot be undone.',
    'Erase NVS once: what was written before stays readable.',
  ],
  references: [NVS_ENCRYPTION],
  needs: ['partitionTable', 'flash', 'bootLog'],
  check,
};

function check(subject: AuditSubject): Judgement {
  const table = partitionsOf(subject);
  const said = whatLogSays(subject.bootLog, 'nvsKeys');
  if (table === undefined) {
    if (said !== undefined) return said.isWrong ? said.lines : [];
    return { notJudged: 'The partition table is not readable, and the boot log does not tell.' };
  }
  const intended = encryptionIntended(subject);
  if (intended === 'no' || hasHmacKey(subject) || table.value.some((partition) => isData(partition, 'nvs_keys')))
    return [];
  const seen = table.value
    .filter((partition) => isData(partition, 'nvs'))
    .map(({ name, offset, size }) => ({
      source: table.source,
      partition: name,
      offset,
      length: size,
      text: `"${name}" is NVS, and no partition has the subtype nvs_keys.`,
    }));
  return intended === 'yes' ? seen : seen.map((observation) => ({ ...observation, severity: 'medium' as const }));
}

function isData({ type, subtype }: Partition, name: string): boolean {
  return type === data && subtype === PARTITION_SUBTYPES[data]?.[name];
}

/** The keys of NVS can be derived from a key of the HMAC peripheral instead of being kept in flash. */
function hasHmacKey({ efuse, sdkconfig }: AuditSubject): boolean {
  const isBurned = efuse !== undefined && keySlots(efuse.value).some(({ purpose }) => purpose === 'HMAC_UP');
  return isBurned || settingsThatAre(sdkconfig, 'y', ['NVS_SEC_KEY_PROTECT_USING_HMAC']).length > 0;
}
