import type { Partition } from '../partitionTable/partition.ts';
import { PARTITION_SUBTYPES, PARTITION_TYPES } from '../partitionTable/partition.ts';

const { app, data } = PARTITION_TYPES;

/** Above the usual 0x8000: a bootloader with secure boot and flash encryption, and its signature, needs the room. */
export const TABLE_OFFSET = 0x10000;

/** Two slots for firmware, encrypted NVS with its keys, and encrypted files: for flash of 4 MB and more. */
export const PARTITIONS: readonly Partition[] = [
  row('nvs', data, 'nvs', 0x11000, 0x6000),
  row('otadata', data, 'ota', 0x17000, 0x2000),
  row('phy_init', data, 'phy', 0x19000, 0x1000),
  { ...row('nvs_keys', data, 'nvs_keys', 0x1a000, 0x1000), encrypted: true },
  row('ota_0', app, 'ota_0', 0x20000, 0x1c0000),
  row('ota_1', app, 'ota_1', 0x1e0000, 0x1c0000),
  { ...row('storage', data, 'fat', 0x3a0000, 0x60000), encrypted: true },
];

function row(name: string, type: number, subtypeName: string, offset: number, size: number): Partition {
  const subtype = PARTITION_SUBTYPES[type]?.[subtypeName];
  if (subtype === undefined) throw new TypeError(`no subtype ${subtypeName}`);
  return { name, type, subtype, offset, size, encrypted: false, readonly: false, unknownFlags: 0 };
}
