import type { EfuseField, FixedKey } from '../chips/chip.ts';
import { isReadProtected, isWriteProtected, type EfuseDump, rawBytes } from './efuseDump.ts';
import { readFuse, secureBootIsOn } from './readFuse.ts';

/** What the hardware or the bootloader does with a key. */
export type KeyUse =
  | 'flash-encryption'
  | 'secure-boot-v1'
  | 'secure-boot-digest'
  | 'hmac'
  | 'ecdsa'
  | 'key-manager'
  | 'psram-encryption'
  | 'user';

/** A place for a key in the eFuses, and how it is protected. */
export interface KeySlot {
  /** The eFuse field that holds the key, as espefuse calls it: `BLOCK1`, `BLOCK_KEY0`. */
  readonly name: string;
  readonly use: KeyUse;
  /** As espefuse calls it; "" where the place tells it. */
  readonly purpose: string;
  /** The field that tells the purpose, on chips that have one. */
  readonly purposeField?: string;
  readonly isReadProtected: boolean;
  readonly isWriteProtected: boolean;
  /** Nobody can make another key of it; true where the place tells the purpose. */
  readonly isPurposeLocked: boolean;
  /** As software sees it: zeros where it is read-protected. */
  readonly bytes: Uint8Array;
  /** Readable, and nothing is burned. */
  readonly isEmpty: boolean;
}

/** Every place for a key that the chip has, in the order of the blocks. */
export function keySlots(dump: EfuseDump): readonly KeySlot[] {
  const { efuse } = dump.chip;
  const purposed = efuse.blocks.flatMap(({ name, keyPurposeField }) =>
    keyPurposeField === undefined ? [] : [purposedSlot(dump, name, keyPurposeField)],
  );
  return [...efuse.fixedKeys.filter((key) => isThere(dump, key)).map((key) => fixedSlot(dump, key)), ...purposed];
}

/** The slots that hold keys of one use. On chips without purposes there is a slot even if it is empty. */
export function keySlotsFor(dump: EfuseDump, use: KeyUse): readonly KeySlot[] {
  return keySlots(dump).filter((slot) => slot.use === use);
}

function isThere(dump: EfuseDump, { when }: FixedKey): boolean {
  return when === undefined || (readFuse(dump, when.field)?.value ?? 0) === when.value;
}

function fixedSlot(dump: EfuseDump, { field: name, use }: FixedKey): KeySlot {
  const slot = slotOf(dump, name, '', 'user');
  return { ...slot, use: use === 'secure-boot' ? secureBootUse(dump, slot) : use };
}

/** The ESP32 has one block for the secret key of secure boot v1 or the digest of v2; which one it is, its state tells. */
function secureBootUse(dump: EfuseDump, { isReadProtected }: KeySlot): KeyUse {
  const knowsV1 = dump.chip.secureBoot.some(({ version }) => version === 1);
  if (!knowsV1 || secureBootIsOn(dump, 2)) return 'secure-boot-digest';
  return secureBootIsOn(dump, 1) || isReadProtected ? 'secure-boot-v1' : 'secure-boot-digest';
}

function purposedSlot(dump: EfuseDump, name: string, purposeField: string): KeySlot {
  const purposeFuse = readFuse(dump, purposeField);
  const high = (readFuse(dump, `${purposeField}_H`)?.value ?? 0) * 2 ** (purposeFuse?.field.bits ?? 0);
  const purpose = dump.chip.efuse.keyPurposes[(purposeFuse?.value ?? 0) + high] ?? 'FORBIDDEN_STATE';
  const isPurposeLocked = purposeFuse?.isLocked ?? false;
  return { ...slotOf(dump, name, purpose, useOf(purpose)), purposeField, isPurposeLocked };
}

function useOf(purpose: string): KeyUse {
  if (purpose.endsWith('_PSRAM_KEY')) return 'psram-encryption';
  if (purpose.startsWith('XTS_AES_')) return 'flash-encryption';
  if (purpose.startsWith('SECURE_BOOT_DIGEST')) return 'secure-boot-digest';
  if (purpose.startsWith('HMAC_')) return 'hmac';
  if (purpose.startsWith('ECDSA_')) return 'ecdsa';
  return purpose === 'KM_INIT_KEY' ? 'key-manager' : 'user';
}

function slotOf(dump: EfuseDump, name: string, purpose: string, use: KeyUse): KeySlot {
  const field = keyField(dump, name);
  const bytes = rawBytes(dump, field);
  const isHidden = field.readProtectBits.some((bit) => isReadProtected(dump, bit));
  const { writeProtectBit } = field;
  return {
    name,
    use,
    purpose,
    isReadProtected: isHidden,
    isWriteProtected: writeProtectBit !== undefined && isWriteProtected(dump, writeProtectBit),
    isPurposeLocked: true,
    bytes,
    isEmpty: !isHidden && bytes.every((byte) => byte === 0),
  };
}

/** A block of keys is told by every source, whatever fields it tells beside. */
function keyField(dump: EfuseDump, name: string): EfuseField {
  const field = dump.chip.efuse.fieldTables.flatMap(({ fields }) => fields).find((field) => field.name === name);
  if (field === undefined) throw new TypeError(`no ${name} on ${dump.chip.name}`);
  return field;
}
