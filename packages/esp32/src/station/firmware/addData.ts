import type { Firmware, NamedBytes } from './firmware.ts';
import { firmwareError } from './firmwareErrors.ts';
import { placedTable } from './placedTable.ts';

/**
 * Puts files into partitions by their labels; what the build itself has for them gives way.
 *
 * @throws `FIRMWARE_PARTITION_UNKNOWN`
 */
export function addData({ chip, parts }: Firmware, data: Readonly<Record<string, NamedBytes>>): Firmware {
  const { partitions } = placedTable(parts) ?? { partitions: [] };
  const added = Object.entries(data).map(([label, { name, bytes }]) => {
    const place = partitions.find((partition) => partition.name === label);
    if (place !== undefined) return { name, bytes, offset: place.offset };
    const labels = partitions.map((partition) => partition.name).join(', ') || 'none';
    throw firmwareError('FIRMWARE_PARTITION_UNKNOWN', { label, file: name, labels });
  });
  const kept = parts.filter(({ offset }) => added.every((part) => part.offset !== offset));
  return { chip, parts: [...kept, ...added].toSorted((one, other) => one.offset - other.offset) };
}
