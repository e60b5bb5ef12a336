/** One entry of a partition table. */
export interface Partition {
  readonly name: string;
  readonly type: number;
  readonly subtype: number;
  /** In flash, bytes. */
  readonly offset: number;
  readonly size: number;
  /** Flash encryption covers it, whatever its type. */
  readonly encrypted: boolean;
  readonly readonly: boolean;
  /** Bits of the flags that have no name yet; they are kept. */
  readonly unknownFlags: number;
}

export const PARTITION_TYPES = { bootloader: 0x02, partition_table: 0x03, app: 0x00, data: 0x01 } as const;

const { app, data, bootloader, partition_table } = PARTITION_TYPES;

/** Names of subtypes by type (ESP-IDF, esp_partition_subtype_t). */
export const PARTITION_SUBTYPES: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  [bootloader]: { primary: 0x00, ota: 0x01, recovery: 0x02 },
  [partition_table]: { primary: 0x00, ota: 0x01 },
  [app]: { factory: 0x00, test: 0x20, ...numbered('ota_', 0x10, 16), ...numbered('tee_', 0x30, 2) },
  [data]: {
    ota: 0x00,
    phy: 0x01,
    nvs: 0x02,
    coredump: 0x03,
    nvs_keys: 0x04,
    efuse: 0x05,
    undefined: 0x06,
    esphttpd: 0x80,
    fat: 0x81,
    spiffs: 0x82,
    littlefs: 0x83,
    tee_ota: 0x90,
  },
};

/** Names of flags and their bits. */
export const PARTITION_FLAGS = { encrypted: 1, readonly: 2 } as const;

export type PartitionFlag = keyof typeof PARTITION_FLAGS;

/** The table takes one sector of flash, and in it 0xC00 bytes: the rest is left for a signature. */
export const PARTITION_TABLE_SECTOR = 0x1000;
export const PARTITION_TABLE_BYTES = 0xc00;
export const ENTRY_BYTES = 32;
export const DEFAULT_PARTITION_TABLE_OFFSET = 0x8000;

/** What offsets of partitions are multiples of: the MMU maps apps in pages of 64 kB. */
export function offsetAlignment(type: number): number {
  return type === app ? 0x10000 : 0x1000;
}

/** The bootloader that runs first and the table itself: they lie before all others. */
export function isPrimary({ type, subtype }: Pick<Partition, 'type' | 'subtype'>): boolean {
  return (type === bootloader || type === partition_table) && subtype === 0;
}

/** ESP-IDF, flash_encrypt.c, encrypt_partition: apps, OTA data and NVS keys, and what has the flag. */
export function isAlwaysEncrypted({ type, subtype, encrypted }: Partition): boolean {
  const { ota, nvs_keys, tee_ota } = PARTITION_SUBTYPES[data] ?? {};
  const isEncryptedData = type === data && [ota, nvs_keys, tee_ota].includes(subtype);
  return encrypted || isEncryptedData || type === app || type === bootloader;
}

/** Whether a partition is of type data and of the subtype with this name. */
export function isDataPartition({ type, subtype }: Pick<Partition, 'type' | 'subtype'>, subtypeName: string): boolean {
  return type === data && subtype === PARTITION_SUBTYPES[data]?.[subtypeName];
}

function numbered(prefix: string, first: number, count: number): Readonly<Record<string, number>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, first + index]));
}
