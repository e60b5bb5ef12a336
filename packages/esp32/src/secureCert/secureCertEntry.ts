// esp_secure_cert_mgr, docs/format.md and private_include/esp_secure_cert_tlv_private.h.

/** One TLV of an esp_secure_cert partition: a certificate, a key, or what is needed to use one. */
export interface SecureCertEntry {
  /** What was done to the value; 0xff in partitions made before there were flags. */
  readonly flags: number;
  /** The byte in all three reserved places: 0, or 0xff in partitions made before there were flags. */
  readonly reserved: 0 | 0xff;
  /** A value of {@link SECURE_CERT_TYPES}. */
  readonly type: number;
  /** Counts TLVs of one type. */
  readonly subtype: number;
  readonly value: Uint8Array;
}

/** Types of TLVs, esp_secure_cert_tlv_type_t. */
export const SECURE_CERT_TYPES = {
  CA_CERT: 0,
  DEV_CERT: 1,
  PRIV_KEY: 2,
  DS_DATA: 3,
  DS_CONTEXT: 4,
  HMAC_ECDSA_KEY_SALT: 5,
  SEC_CFG: 6,
  TEE_SEC_STORAGE_KEY: 7,
  SIGNATURE_BLOCK: 8,
  INTEGRITY: 9,
  USER_DATA_1: 51,
  USER_DATA_2: 52,
  USER_DATA_3: 53,
  USER_DATA_4: 54,
  USER_DATA_5: 55,
  MATTER_1: 201,
  MATTER_2: 202,
} as const;

export const SECURE_CERT_MAGIC = 0xba5eba11;
export const SECURE_CERT_HEADER_BYTES = 12;
export const SECURE_CERT_CRC_BYTES = 4;
/** Size of the partition that ESP-IDF's examples have. */
export const SECURE_CERT_PARTITION_BYTES = 0x2000;
/** Values are filled up to whole blocks, as encrypted flash is written. */
const VALUE_ALIGNMENT = 16;

/** Zeros behind a value of `length` bytes. */
export function valuePadding(length: number): number {
  return (VALUE_ALIGNMENT - (length % VALUE_ALIGNMENT)) % VALUE_ALIGNMENT;
}

/** What the TLVs take in a partition, one behind the other. */
export function secureCertBytes(entries: readonly SecureCertEntry[]): number {
  const ends = SECURE_CERT_HEADER_BYTES + SECURE_CERT_CRC_BYTES;
  return entries.reduce((sum, { value: { length } }) => sum + ends + length + valuePadding(length), 0);
}

/**
 * How a value is kept from who reads the flash:
 * - `plain`: not at all, but for flash encryption
 * - `hmac-encrypted`: AES-GCM, by a key that follows from an HMAC key in the eFuses
 * - `hmac-derived`: nothing is stored, the key follows from salt and HMAC key
 * - `ecdsa-peripheral`: the key is in the eFuses, for the ECDSA peripheral alone
 */
export type ValueProtection = 'plain' | 'hmac-encrypted' | 'hmac-derived' | 'ecdsa-peripheral';

/** What the flags say: bits 7 and 6, then bits 5 to 3. Erased flags, 0xff, say nothing. */
export function valueProtection({ flags }: SecureCertEntry): ValueProtection {
  if (flags >> 6 === 0b10) return 'hmac-encrypted';
  if (flags >> 6 === 0b01) return 'hmac-derived';
  return ((flags >> 3) & 0b111) === 0b001 ? 'ecdsa-peripheral' : 'plain';
}
