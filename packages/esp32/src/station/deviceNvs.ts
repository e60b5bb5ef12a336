import { buildNvs } from '../nvs/buildNvs.ts';
import { encryptNvs } from '../nvs/nvsCipher.ts';
import { buildNvsKeys, type NvsKeys } from '../nvs/nvsKeys.ts';
import { isDataPartition, type Partition } from '../partitionTable/partition.ts';
import { partitionAt } from './firmware/placedTable.ts';
import type { DeviceNvs } from './job.ts';
import type { FirmwarePart } from './prepareFirmware.ts';
import { stationError } from './stationErrors.ts';
import type { UnitRun } from './unitRun.ts';

/**
 * The values that a unit has for itself, as an image of its NVS partition. With keys it is encrypted, because flash encryption
 * leaves NVS out, and the keys go into the partition of type `nvs_keys`.
 *
 * @param keys undefined: the flash of the unit is not encrypted
 * @throws `UNIT_NVS_PARTITION_MISSING`, `UNIT_NVS_KEYS_MISSING`, and as `buildNvs`
 */
export function deviceNvsParts(
  { partition, rows }: DeviceNvs,
  partitions: readonly Partition[],
  keys: NvsKeys | undefined,
  { unit, ports }: UnitRun,
): readonly FirmwarePart[] {
  const place = nvsPlace(partitions, partition);
  const image = buildNvs(rows(unit), place.size);
  const values = { name: `values of the unit in ${partition}`, offset: place.offset };
  if (keys === undefined) return [{ ...values, bytes: image }];
  const keyPlace = partitions.find((candidate) => isDataPartition(candidate, 'nvs_keys'));
  if (keyPlace === undefined) throw stationError('UNIT_NVS_KEYS_MISSING');
  return [
    { ...values, bytes: encryptNvs(image, keys, ports.aes) },
    { name: `NVS keys of the unit in ${keyPlace.name}`, offset: keyPlace.offset, bytes: buildNvsKeys(keys) },
  ];
}

/** Without what the firmware changes when it runs: on a unit that has its keys that would take them away. */
export function withoutUnitsOwn(
  parts: readonly FirmwarePart[],
  partitions: readonly Partition[],
): readonly FirmwarePart[] {
  return parts.filter(({ offset }) => {
    const place = partitionAt(offset, partitions);
    return place === undefined || !(isDataPartition(place, 'nvs') || isDataPartition(place, 'nvs_keys'));
  });
}

/** The partition for values of the unit. @throws `UNIT_NVS_PARTITION_MISSING` */
export function nvsPlace(partitions: readonly Partition[], label: string): Partition {
  const all = partitions.filter((candidate) => isDataPartition(candidate, 'nvs'));
  const place = all.find(({ name }) => name === label);
  if (place !== undefined) return place;
  const found = all.map(({ name }) => name).join(', ') || 'none';
  throw stationError('UNIT_NVS_PARTITION_MISSING', { partition: label, found });
}
