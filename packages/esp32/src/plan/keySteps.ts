import type { Chip } from '../chips/chip.ts';
import type { Burn } from '../efuse/burnEfuses.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { keySlotsFor, type KeySlot } from '../efuse/keySlots.ts';
import { purposeBurn } from '../efuse/purposeBurn.ts';
import { burnCommands, espefuse } from './burnCommands.ts';
import { isTrusted } from './goal.ts';
import type { KeyPlace, KeyPlaces } from './keyPlaces.ts';
import type { PlanStep } from './plan.ts';

/** The files of the keys, which the user makes in the first step. */
export const FLASH_KEY_FILE = 'flash.key';
export const SIGNING_KEY_FILE = 'signing.pem';

/** On paper any bytes do for a key that is made later: only that something is burned matters for what follows. */
const SOME_KEY: Uint8Array = new Uint8Array(32).fill(0xa5);

/** Burns the flash key; on a chip with one block for both, the digest too, for the block takes one burn. */
export function flashKeyStep(chip: Chip, { flashKey, digest }: KeyPlaces): PlanStep {
  const [first] = flashKey;
  const shared =
    digest !== undefined && first !== undefined && blockOf(chip, first.slot) === blockOf(chip, digest.slot);
  const burns = shared ? wholeBlockBurns(chip, first) : flashKey.flatMap((place) => placeBurns(chip, place, true));
  const command = flashKeyCommand(chip, flashKey, shared);
  return {
    id: 'flash-key',
    does: shared
      ? 'Burns the flash key and the digest of the signing key, which share a block, and protects both.'
      : 'Burns the flash key, and makes it unreadable and unchangeable.',
    commands: first === undefined ? [] : [espefuse(chip, command)],
    burns,
    risk:
      `The block takes one burn. Without ${FLASH_KEY_FILE} nobody can write firmware for this chip over the cable again: ` +
      'keep it where only you get at it. Never use it for another device.',
  };
}

function flashKeyCommand(chip: Chip, [first]: readonly KeyPlace[], isShared: boolean): string {
  if (first === undefined) return '';
  if (chip.flashEncryption.algorithm === 'tweaked-key') return `burn-key flash_encryption ${FLASH_KEY_FILE}`;
  if (first.purpose === '') {
    const purpose = `${chip.efuse.blocks[blockOf(chip, first.slot)]?.name} ${FLASH_KEY_FILE} ${purposeOfFixed(first)}`;
    return `burn-key ${purpose}${isShared ? ` burn-key-digest ${SIGNING_KEY_FILE}` : ''}`;
  }
  return `burn-key ${first.slot.name} ${FLASH_KEY_FILE} ${first.purpose.replace(/_KEY_1$/, '_KEY')}`;
}

/** The name that espefuse has for half a block, or a whole one, on the ESP32-C2. */
function purposeOfFixed({ slot }: KeyPlace): string {
  return slot.bytes.length === 16 ? 'XTS_AES_128_KEY_DERIVED_FROM_128_EFUSE_BITS' : 'XTS_AES_128_KEY';
}

/** Protects a flash key that is there already. */
export function protectFlashKeyStep(chip: Chip, dump: EfuseDump): PlanStep {
  const slots = keySlotsFor(dump, 'flash-encryption').filter(({ isEmpty }) => !isEmpty);
  const burns = slots.flatMap((slot) => protections(slot, true));
  return {
    id: 'protect-flash-key',
    does: 'Makes the flash key that is burned already unreadable and unchangeable.',
    commands: burnCommands(chip, burns),
    burns,
    risk: `You need the file with which it was burned, as ${FLASH_KEY_FILE}: without it stop here, and take another chip.`,
  };
}

/** Burns the digest of the public key that boot trusts. It stays readable: boot has to read it. */
export function digestStep(chip: Chip, digest: KeyPlace): PlanStep {
  const words = digest.purpose === '' ? SIGNING_KEY_FILE : `${digest.slot.name} ${SIGNING_KEY_FILE} ${digest.purpose}`;
  return {
    id: 'digest',
    does: 'Burns the digest of your signing key, which stays readable, and makes it unchangeable.',
    commands: [espefuse(chip, `burn-key-digest ${words}`)],
    burns: placeBurns(chip, digest, false),
    risk: 'The block takes one burn. Check that it is the key with which the firmware in flash is signed.',
  };
}

/** Protects digests that are there already. */
export function protectDigestStep(chip: Chip, dump: EfuseDump): PlanStep {
  const slots = keySlotsFor(dump, 'secure-boot-digest').filter((slot) => isTrusted(dump, slot));
  const burns = slots.flatMap((slot) => protections(slot, false));
  return {
    id: 'protect-digest',
    does: 'Makes the digest that is burned already unchangeable.',
    commands: burnCommands(chip, burns),
    burns,
    risk: 'Check that it is the digest of your own signing key: "espsecure digest-sbv2-public-key" shows it.',
  };
}

function placeBurns(chip: Chip, { slot, purpose }: KeyPlace, isSecret: boolean): readonly Burn[] {
  const key: Burn = { kind: 'key', field: slot.name, bytes: SOME_KEY };
  const mark = slot.purposeField === undefined ? [] : [purposeBurn(chip, slot.purposeField, purpose)];
  return [key, ...mark, ...protections(slot, isSecret)];
}

/** The whole block in one burn; of a flash key only its own half is made unreadable. */
function wholeBlockBurns(chip: Chip, { slot }: KeyPlace): readonly Burn[] {
  const name = chip.efuse.blocks[blockOf(chip, slot)]?.name ?? slot.name;
  return [{ kind: 'key', field: name, bytes: SOME_KEY }, ...protections(slot, true)];
}

function protections({ name, purposeField }: KeySlot, isSecret: boolean): readonly Burn[] {
  return [
    ...(isSecret ? [{ kind: 'read-protect', field: name } as const] : []),
    { kind: 'write-protect', field: name },
    ...(purposeField === undefined ? [] : [{ kind: 'write-protect', field: purposeField } as const]),
  ];
}

function blockOf(chip: Chip, { name }: KeySlot): number {
  const fields = chip.efuse.fieldTables.flatMap(({ fields }) => fields);
  return fields.find((field) => field.name === name)?.block ?? 0;
}
