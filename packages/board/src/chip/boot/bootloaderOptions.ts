import { bootError } from './bootErrors.ts';

/** What a first boot leaves open of what it would else close for ever, by the names of ESP-IDF's options. */
export const SECURITY_LEFTOVERS = [
  'SECURE_FLASH_UART_BOOTLOADER_ALLOW_ENC',
  'SECURE_FLASH_UART_BOOTLOADER_ALLOW_DEC',
  'SECURE_FLASH_UART_BOOTLOADER_ALLOW_CACHE',
  'SECURE_BOOT_ALLOW_JTAG',
  'SECURE_BOOT_ALLOW_ROM_BASIC',
] as const;

export type SecurityLeftover = (typeof SECURITY_LEFTOVERS)[number];

/** How a bootloader of ESP-IDF was configured: what its code would do on a real chip. */
export interface BootloaderOptions {
  /** As the bootloader prints it: `v5.1.4`. */
  readonly idfVersion: string;
  readonly compileTime: string;
  readonly partitionTableOffset: number;
  readonly flashEncryption: 'none' | 'development' | 'release';
  readonly secureBoot: 'none' | 'v1' | 'v2';
  /** X and Y as 128 hexadecimal digits, for secure boot v1: the key that apps are signed with. */
  readonly verificationKey: string;
  readonly leftOpen: readonly SecurityLeftover[];
  /** BOOTLOADER_APP_ROLLBACK_ENABLE, BOOTLOADER_APP_ANTI_ROLLBACK */
  readonly rollback: boolean;
  readonly antiRollback: boolean;
}

/** Of a bootloader that says nothing: ESP-IDF as it is without menuconfig, and with rollback as in Arduino's. */
const DEFAULT_BOOTLOADER_OPTIONS: BootloaderOptions = {
  idfVersion: 'v5.1.4',
  compileTime: 'Jan  1 2026 00:00:00',
  partitionTableOffset: 0x8000,
  flashEncryption: 'none',
  secureBoot: 'none',
  verificationKey: '',
  leftOpen: [],
  rollback: true,
  antiRollback: false,
};

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value.length <= 128;
const isSwitch: Check = (value) => typeof value === 'boolean';
const oneOf =
  (allowed: readonly string[]): Check =>
  (value) =>
    allowed.includes(value as string);

const CHECKS: Readonly<Record<keyof BootloaderOptions, Check>> = {
  idfVersion: isText,
  compileTime: isText,
  partitionTableOffset: (value) => Number.isInteger(value) && Number(value) > 0 && Number(value) % 0x1000 === 0,
  flashEncryption: oneOf(['none', 'development', 'release']),
  secureBoot: oneOf(['none', 'v1', 'v2']),
  verificationKey: (value) => typeof value === 'string' && /^(?:[0-9a-f]{128})?$/.test(value),
  leftOpen: (value) => Array.isArray(value) && value.every(oneOf(SECURITY_LEFTOVERS)),
  rollback: isSwitch,
  antiRollback: isSwitch,
};

/** What a tag says, and the default of all that it does not say. @throws `TAG_INVALID` */
export function readBootloaderOptions(tag: unknown): BootloaderOptions {
  const members = Object.entries((tag ?? {}) as Readonly<Record<string, unknown>>);
  for (const [name, value] of members) {
    const isRight = Object.hasOwn(CHECKS, name) && CHECKS[name as keyof BootloaderOptions](value);
    if (!isRight) throw bootError('TAG_INVALID', { kind: 'bootloader', reason: `its member "${name}" cannot be` });
  }
  return { ...DEFAULT_BOOTLOADER_OPTIONS, ...Object.fromEntries(members) };
}

/** X and Y of the key that apps are signed with; empty where there is none. */
export function verificationKeyBytes({ verificationKey }: BootloaderOptions): Uint8Array {
  return Uint8Array.from(verificationKey.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
