// How the log of ESP-IDF's bootloader changed over its versions: the texts are those of the recordings of v4.2 and v5.1.

export interface SegmentFacts {
  readonly index: number;
  /** In flash. */
  readonly address: number;
  readonly loadAddress: number;
  readonly bytes: number;
  /** `load`, `map`, or nothing where it is only looked at. */
  readonly use: string;
}

/** The lines that say the same in other words. */
export interface BootloaderDialect {
  readonly isMulticoreTold: boolean;
  readonly revision: (revision: number) => string;
  /** What the log says of the least revision that an image takes; undefined: nothing. */
  readonly leastRevision: ((what: string, revision: number, least: number) => string) | undefined;
  readonly revisionTooLow: (least: number, found: number) => string;
  readonly wrongMagic: (address: number) => string;
  /** It also warns of what else the header cannot be. */
  readonly warnsOfHeader: boolean;
  readonly segment: (facts: SegmentFacts) => string;
  /** eFuses are burned in one batch, and it tells of each block; else they are burned step by step. */
  readonly burnsInBatches: boolean;
  readonly preloadedKey: { readonly level: 'I' | 'W'; readonly text: string };
  readonly keyUnprotected: string;
  readonly permanent: string;
  /** Release mode write-protects the counter instead of burning all its bits. */
  readonly locksCounter: boolean;
  /** It tells when bootloader, partition table and each partition are encrypted. */
  readonly tellsOfEncrypted: boolean;
  /** What the start-up code of an app says first. */
  readonly appStart: readonly string[];
}

const hex = (number: number, digits = 0): string => number.toString(16).padStart(digits, '0');
const major = (revision: number): number => Math.floor(revision / 100);
const version = (revision: number): string => `v${major(revision)}.${revision % 100}`;

const V4: BootloaderDialect = {
  isMulticoreTold: false,
  revision: (revision) => `chip revision: ${major(revision)}`,
  leastRevision: (what, revision, least) =>
    `chip revision: ${major(revision)}, min. ${what} chip revision: ${major(least)}`,
  revisionTooLow: (least, found) => `can't run on lower chip revision, expected ${major(least)}, found ${major(found)}`,
  wrongMagic: (address) => `image at 0x${hex(address)} has invalid magic byte`,
  warnsOfHeader: true,
  segment: ({ index, address, loadAddress, bytes, use }) =>
    `segment ${index}: paddr=0x${hex(address, 8)} vaddr=0x${hex(loadAddress, 8)} size=0x${hex(bytes, 5)} ` +
    `(${String(bytes).padStart(6)}) ${use}`,
  burnsInBatches: false,
  preloadedKey: { level: 'W', text: 'Using pre-loaded flash encryption key in EFUSE block 1' },
  keyUnprotected: 'Flash encryption key has to be either unset or both read and write protected',
  permanent: 'Write protecting FLASH_CRYPT_CNT eFuse',
  locksCounter: true,
  tellsOfEncrypted: false,
  appStart: ['Pro cpu up.'],
};

const V5: BootloaderDialect = {
  isMulticoreTold: true,
  revision: (revision) => `chip revision: ${version(revision)}`,
  leastRevision: undefined,
  revisionTooLow: (least, found) => `Image requires chip rev >= ${version(least)}, but chip is ${version(found)}`,
  wrongMagic: (address) => `image at 0x${hex(address)} has invalid magic byte (nothing flashed here?)`,
  warnsOfHeader: false,
  segment: ({ index, address, loadAddress, bytes, use }) =>
    `segment ${index}: paddr=${hex(address, 8)} vaddr=${hex(loadAddress, 8)} size=${hex(bytes, 5)}h ` +
    `(${String(bytes).padStart(6)}) ${use}`,
  burnsInBatches: true,
  preloadedKey: { level: 'I', text: 'Using pre-loaded flash encryption key in efuse' },
  keyUnprotected: 'Invalid key state, check read&write protection for key and keypurpose(if exists)',
  permanent: 'Setting CRYPT_CNT for permanent encryption',
  locksCounter: false,
  tellsOfEncrypted: true,
  appStart: [],
};

/** The dialect of a version of ESP-IDF; one that is no version speaks the newest. */
export function dialectOf(idfVersion: string): BootloaderDialect {
  const major = /^v(\d+)\./.exec(idfVersion)?.[1];
  return major !== undefined && Number(major) < 5 ? V4 : V5;
}
