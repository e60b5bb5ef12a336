import { equalBytes } from '@mkiot/core/bytes/bytes';
import { type NvsKeys, deviceKeyPattern, parseNvsKeys } from '../../../nvs/nvsKeys.ts';
import { PARTITION_SUBTYPES, PARTITION_TYPES } from '../../../partitionTable/partition.ts';
import type { FlashRegion } from '../../flash/flashDump.ts';
import type { Rule } from '../../rule.ts';
import type { AuditSubject } from '../../subject.ts';
import { NVS_ENCRYPTION } from '../references.ts';
import { keySector } from './nvsKeySectors.ts';

const NVS_KEYS = PARTITION_SUBTYPES[PARTITION_TYPES.data]?.['nvs_keys'];

export const nvsKeyHalvesEqual: Rule = {
  id: 'nvs-key-halves-equal',
  title: 'Each NVS key is half as long as it should be',
  meaning:
    'ESP-IDF before 4.3 made the keys on an ESP32 from a pattern whose halves the flash cipher turns into equal bytes: of 256 bits ' +
    'only 128 differ. That is still out of reach of trying, but it is not what was bought.',
  severity: 'medium',
  versions: 'keys made by ESP-IDF before 4.3 on the original ESP32',
  mend: [
    'Update ESP-IDF and erase nvs and nvs_keys: the device makes new keys at its next start. The values in NVS have to be written again.',
  ],
  references: [NVS_ENCRYPTION],
  needs: ['flash'],
  check: (subject) => {
    const { flash } = subject;
    if (flash === undefined) return { notJudged: 'There is no flash dump.' };
    const regions = flash.value.regions.filter(({ partition }) => isNvsKeys(partition));
    const isUnsure = regions.some((region) => hasOldPattern(region) && subject.chip === undefined);
    if (isUnsure) return { notJudged: 'It takes the chip: on others than the original ESP32 these keys are whole.' };
    return regions.flatMap((region) => {
      const text = whatIsEqual(region, subject);
      return text === undefined ? [] : [keySector(flash, region, text)];
    });
  },
};

function isNvsKeys(partition: FlashRegion['partition']): boolean {
  return partition?.type === PARTITION_TYPES.data && partition.subtype === NVS_KEYS;
}

function whatIsEqual(region: FlashRegion, { chip }: AuditSubject): string | undefined {
  if (hasOldPattern(region) && chip?.flashEncryption.algorithm === 'tweaked-key') {
    return 'The device has made its keys from the old pattern, whose halves this chip makes equal.';
  }
  const keys = keysIn(region.readable);
  const areEqual = keys !== undefined && hasEqualHalves(keys.dataKey) && hasEqualHalves(keys.tweakKey);
  return areEqual ? 'Both keys consist of two equal halves.' : undefined;
}

/** As the device writes it, past the cipher: it is there in clear whether or not flash is encrypted. */
function hasOldPattern({ readable }: FlashRegion): boolean {
  const pattern = deviceKeyPattern('before-v4.3');
  const isThere = equalBytes(readable.subarray(0, pattern.length), pattern);
  // With its CRC in clear behind it these are the keys themselves, which everybody has.
  return isThere && keysIn(readable) === undefined;
}

function keysIn(readable: Uint8Array): NvsKeys | undefined {
  try {
    return parseNvsKeys(readable);
  } catch {
    return undefined;
  }
}

function hasEqualHalves(key: Uint8Array): boolean {
  return equalBytes(key.subarray(0, key.length / 2), key.subarray(key.length / 2));
}
