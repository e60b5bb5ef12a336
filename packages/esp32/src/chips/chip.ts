import type { MemoryRegion } from './memoryRegions.ts';

/** The chips of the toolkit, by the name that Espressif's tools take after `--chip`. */
export type ChipName =
  | 'esp32'
  | 'esp32s2'
  | 'esp32s3'
  | 'esp32c2'
  | 'esp32c3'
  | 'esp32c5'
  | 'esp32c6'
  | 'esp32h2'
  | 'esp32p4';

/** What a chip is, as far as a file or a serial line shows it. Every difference between chips is a row here, not code. */
export interface Chip {
  readonly name: ChipName;
  /** "ESP32-S3". */
  readonly label: string;
  /** In the header of its images and in GET_SECURITY_INFO. */
  readonly imageChipId: number;
  /** Where its ROM looks for the bootloader in flash. */
  readonly bootloaderOffset: number;
  readonly memory: readonly MemoryRegion[];
  /** By the low half of byte 3 of an image: the clock of the flash. */
  readonly flashFrequencies: Readonly<Record<number, string>>;
  readonly efuse: EfuseLayout;
  readonly flashEncryption: FlashEncryption;
  readonly secureBoot: readonly SecureBootScheme[];
  /** It can derive keys from an eFuse key that software never sees (NVS encryption, JTAG, digital signature). */
  readonly hasHmac: boolean;
}

export interface FlashEncryption {
  /** `tweaked-key` is the original ESP32's algorithm. */
  readonly algorithm: 'tweaked-key' | 'xts-aes';
  readonly keyBits: readonly number[];
  /** An encrypted write covers whole units of this many bytes. */
  readonly writeBytes: number;
  /** It is on while this field has an odd number of bits set. */
  readonly counterField: string;
}

export interface SecureBootScheme {
  readonly version: 1 | 2;
  readonly algorithm: 'aes-sha512' | 'rsa-3072-pss' | 'ecdsa';
  /** First silicon revision that has it, 100 · major + minor. */
  readonly fromRevision: number;
  /** How many public keys can be trusted side by side. */
  readonly keys: 1 | 3;
  /** The setting of ESP-IDF that refuses older silicon, where there is older silicon. */
  readonly minimumRevisionSetting?: string;
}

export interface EfuseLayout {
  /** First address of the controller's registers. */
  readonly baseAddress: number;
  /** Length of the register window, and of espefuse's emulator file. */
  readonly windowBytes: number;
  readonly blocks: readonly EfuseBlock[];
  /** Which coding scheme protects blocks 1 and up: the field CODING_SCHEME says it, or always Reed-Solomon. */
  readonly coding: 'by-field' | 'reed-solomon';
  /** Fields by revision: the first table whose `untilRevision` is not below the chip's. */
  readonly fieldTables: readonly EfuseFieldTable[];
  /** Taken where no revision is burned yet, as on a blank emulated chip. */
  readonly blankRevision: number;
  /** Fields that are put together from others. */
  readonly sums: readonly EfuseSum[];
  /** It has MAC_EUI64 too: MAC with MAC_EXT in its middle. */
  readonly hasEui64: boolean;
  /** The calibration fields outside BLOCK0 mean something from this sum on. */
  readonly calibration: { readonly parts: readonly EfusePart[]; readonly atLeast: number };
  /** Value of KEY_PURPOSE_n to name; a value that is not there is forbidden. */
  readonly keyPurposes: Readonly<Record<number, string>>;
  /** Keys that have their place where no field tells the purpose of a block. */
  readonly fixedKeys: readonly FixedKey[];
  /** A fault of the silicon: a flash key in this field is not found by the hardware. */
  readonly noFlashKeyIn?: string;
}

export interface FixedKey {
  readonly field: string;
  readonly use: 'flash-encryption' | 'secure-boot';
  /** It is there while this flag has this value. */
  readonly when?: { readonly field: string; readonly value: 0 | 1 };
}

export interface EfuseFieldTable {
  readonly untilRevision?: number;
  readonly fields: readonly EfuseField[];
}

export interface EfuseBlock {
  readonly number: number;
  readonly name: string;
  readonly words: number;
  /** Offset of its read registers in the window. */
  readonly readOffset: number;
  readonly writeProtectBit: number | undefined;
  /** More than one: each protects its equal part of the block. */
  readonly readProtectBits: readonly number[];
  /** The field that says what the key in it is for. */
  readonly keyPurposeField: string | undefined;
}

export interface EfusePart {
  readonly field: string;
  readonly factor: number;
}

/** A field whose value is the sum of `factor` · field over its parts. */
export interface EfuseSum {
  readonly name: string;
  readonly bits: number;
  readonly category: string;
  readonly description: string;
  readonly parts: readonly EfusePart[];
  /** What a sum means, where it is not its own value. */
  readonly meanings?: Readonly<Record<number, number>>;
}

/**
 * What the bits of a field are: a flag, a number, a number of which only the count of ones matters, the purpose of a key,
 * bytes, a key or digest, a MAC address, the ADC's reference voltage in mV, a point of the ADC's calibration, a
 * temperature, or the number of an SPI pin.
 */
export const EFUSE_KINDS = [
  'flag',
  'number',
  'count',
  'purpose',
  'bytes',
  'key',
  'mac',
  'vref',
  'adc',
  'temperature',
  'pin',
] as const;

export type EfuseKind = (typeof EFUSE_KINDS)[number];

export interface EfuseField {
  readonly name: string;
  /** Names in other versions of espefuse and in ESP-IDF. */
  readonly otherNames: readonly string[];
  readonly block: number;
  /** First bit in its block. */
  readonly bit: number;
  readonly bits: number;
  readonly kind: EfuseKind;
  readonly writeProtectBit: number | undefined;
  /** More than one: each protects its equal part of the field. */
  readonly readProtectBits: readonly number[];
  readonly category: string;
  readonly description: string;
  readonly meanings: Readonly<Record<number, string>>;
}
