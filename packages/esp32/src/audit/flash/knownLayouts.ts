import {
  DEFAULT_PARTITION_TABLE_OFFSET,
  PARTITION_SUBTYPES,
  PARTITION_TYPES,
  type Partition,
} from '../../partitionTable/partition.ts';

/** A partition table that many devices have, because a framework brings it. */
export interface KnownLayout {
  readonly name: string;
  readonly tableOffset: number;
  readonly partitions: readonly Partition[];
}

/** Of the EEPROM library of arduino-esp32 before 1.0.3, and of ESPHome. */
export const EEPROM_SUBTYPE = 0x99;

const { app, data } = PARTITION_TYPES;
const { nvs = 0, ota = 0, phy = 0, coredump = 0, spiffs = 0 } = PARTITION_SUBTYPES[data] ?? {};
const { factory = 0, ota_0 = 0, ota_1 = 0 } = PARTITION_SUBTYPES[app] ?? {};

type Row = readonly [name: string, type: number, subtype: number, offset: number, size: number];

const ARDUINO_START: readonly Row[] = [
  ['nvs', data, nvs, 0x9000, 0x5000],
  ['otadata', data, ota, 0xe000, 0x2000],
];
const twoApps = (size: number): readonly Row[] => [
  ['app0', app, ota_0, 0x10000, size],
  ['app1', app, ota_1, 0x10000 + size, size],
];

/** Files in time order: arduino-esp32, tools/partitions/*.csv; ESP-IDF, components/partition_table/*.csv. */
export const KNOWN_LAYOUTS: readonly KnownLayout[] = [
  layout('Arduino "default", before 1.0.3', [
    ...ARDUINO_START,
    ...twoApps(0x140000),
    ['eeprom', data, EEPROM_SUBTYPE, 0x290000, 0x1000],
    ['spiffs', data, spiffs, 0x291000, 0x16f000],
  ]),
  layout('Arduino "default"', [
    ...ARDUINO_START,
    ...twoApps(0x140000),
    ['spiffs', data, spiffs, 0x290000, 0x160000],
    ['coredump', data, coredump, 0x3f0000, 0x10000],
  ]),
  layout('Arduino "min_spiffs", before 1.0.3', [
    ...ARDUINO_START,
    ...twoApps(0x1e0000),
    ['eeprom', data, EEPROM_SUBTYPE, 0x3d0000, 0x1000],
    ['spiffs', data, spiffs, 0x3d1000, 0x2f000],
  ]),
  layout('Arduino "min_spiffs"', [
    ...ARDUINO_START,
    ...twoApps(0x1e0000),
    ['spiffs', data, spiffs, 0x3d0000, 0x20000],
    ['coredump', data, coredump, 0x3f0000, 0x10000],
  ]),
  layout('Arduino "huge_app"', [
    ...ARDUINO_START,
    ['app0', app, ota_0, 0x10000, 0x300000],
    ['spiffs', data, spiffs, 0x310000, 0xe0000],
    ['coredump', data, coredump, 0x3f0000, 0x10000],
  ]),
  layout('Arduino "no_ota"', [
    ...ARDUINO_START,
    ['app0', app, ota_0, 0x10000, 0x200000],
    ['spiffs', data, spiffs, 0x210000, 0x1e0000],
    ['coredump', data, coredump, 0x3f0000, 0x10000],
  ]),
  layout('Arduino "default_8MB"', [
    ...ARDUINO_START,
    ...twoApps(0x330000),
    ['spiffs', data, spiffs, 0x670000, 0x180000],
    ['coredump', data, coredump, 0x7f0000, 0x10000],
  ]),
  layout('Arduino "default_16MB"', [
    ...ARDUINO_START,
    ...twoApps(0x640000),
    ['spiffs', data, spiffs, 0xc90000, 0x360000],
    ['coredump', data, coredump, 0xff0000, 0x10000],
  ]),
  layout('ESP-IDF "Single factory app, no OTA"', [
    ['nvs', data, nvs, 0x9000, 0x6000],
    ['phy_init', data, phy, 0xf000, 0x1000],
    ['factory', app, factory, 0x10000, 0x100000],
  ]),
  layout('ESP-IDF "Factory app, two OTA definitions"', [
    ['nvs', data, nvs, 0x9000, 0x4000],
    ['otadata', data, ota, 0xd000, 0x2000],
    ['phy_init', data, phy, 0xf000, 0x1000],
    ['factory', app, factory, 0x10000, 0x100000],
    ['ota_0', app, ota_0, 0x110000, 0x100000],
    ['ota_1', app, ota_1, 0x210000, 0x100000],
  ]),
];

function layout(name: string, rows: readonly Row[]): KnownLayout {
  const partitions = rows.map(([name, type, subtype, offset, size]) => {
    return { name, type, subtype, offset, size, encrypted: false, readonly: false, unknownFlags: 0 };
  });
  return { name, tableOffset: DEFAULT_PARTITION_TABLE_OFFSET, partitions };
}
