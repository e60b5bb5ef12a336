// What a key block can hold (field KEY_PURPOSE_n), by value. ESP-IDF, esp_efuse_purpose_t of each chip.

const COMMON = {
  0: 'USER',
  4: 'XTS_AES_128_KEY',
  5: 'HMAC_DOWN_ALL',
  6: 'HMAC_DOWN_JTAG',
  7: 'HMAC_DOWN_DIGITAL_SIGNATURE',
  8: 'HMAC_UP',
  9: 'SECURE_BOOT_DIGEST0',
  10: 'SECURE_BOOT_DIGEST1',
  11: 'SECURE_BOOT_DIGEST2',
} as const;

const XTS_AES_256 = { 2: 'XTS_AES_256_KEY_1', 3: 'XTS_AES_256_KEY_2' } as const;

const ECDSA_AND_KEY_MANAGER = {
  1: 'ECDSA_KEY_P256',
  12: 'KM_INIT_KEY',
  16: 'ECDSA_KEY_P192',
  17: 'ECDSA_KEY_P384_L',
  18: 'ECDSA_KEY_P384_H',
} as const;

type KeyPurposes = Readonly<Record<number, string>>;

/** Of the S2 and the S3. */
export const ESP32S2_KEY_PURPOSES: KeyPurposes = { ...COMMON, ...XTS_AES_256, 1: 'RESERVED' };
export const ESP32C3_KEY_PURPOSES: KeyPurposes = { ...COMMON, 1: 'RESERVED' };
export const ESP32C6_KEY_PURPOSES: KeyPurposes = { ...customPurposes(4), ...ESP32C3_KEY_PURPOSES };
export const ESP32H2_KEY_PURPOSES: KeyPurposes = { ...COMMON, 1: 'ECDSA_KEY', 2: 'RESERVED' };
export const ESP32C5_KEY_PURPOSES: KeyPurposes = {
  ...customPurposes(5),
  ...COMMON,
  ...ECDSA_AND_KEY_MANAGER,
  15: 'XTS_AES_128_PSRAM_KEY',
};
export const ESP32P4_KEY_PURPOSES: KeyPurposes = {
  ...customPurposes(5),
  ...COMMON,
  ...XTS_AES_256,
  ...ECDSA_AND_KEY_MANAGER,
};

/** Newer chips leave the values that have no name to the owner. */
function customPurposes(bits: number): KeyPurposes {
  return Object.fromEntries(Array.from({ length: 2 ** bits }, (_, value) => [value, `CUSTOM_${value}`]));
}

/** What `purpose` asks of its block. */
export interface KeyPurposeRules {
  /** The hardware reads the key from its last byte to its first. */
  readonly storedReversed: boolean;
  /** Software must not be able to read it. */
  readonly needsReadProtection: boolean;
  /** It is the digest of a public key, and boot has to be able to read it. */
  readonly isDigest: boolean;
}

/** The rules of a key purpose, by its name; they are the same on every chip. */
export function keyPurposeRules(purpose: string): KeyPurposeRules {
  const isCipherOrSignature = /^(XTS_AES|ECDSA_KEY)/.test(purpose);
  return {
    storedReversed: isCipherOrSignature,
    needsReadProtection: isCipherOrSignature || /^(HMAC_|KM_INIT_KEY)/.test(purpose),
    isDigest: purpose.startsWith('SECURE_BOOT_DIGEST'),
  };
}
