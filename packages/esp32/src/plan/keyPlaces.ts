import type { EfuseDump } from '../efuse/efuseDump.ts';
import { keySlots, keySlotsFor, type KeySlot } from '../efuse/keySlots.ts';
import { readFuse, readFuses } from '../efuse/readFuse.ts';
import { isTrusted } from './goal.ts';
import { planError } from './planErrors.ts';
import type { Profile } from './profile.ts';

/** Where keys go that the chip does not have yet. */
export interface KeyPlaces {
  /** Blocks for the flash key and what each is marked as, in their order; empty where the chip has its key. */
  readonly flashKey: readonly KeyPlace[];
  /** Undefined where the chip has a digest that it trusts, or needs none. */
  readonly digest?: KeyPlace;
}

export interface KeyPlace {
  readonly slot: KeySlot;
  /** "" where the place tells it. */
  readonly purpose: string;
}

/**
 * Finds places for the keys that are missing.
 *
 * @throws `PLAN_UNREACHABLE` with the eFuse that stands in the way
 */
export function keyPlaces(profile: Profile, dump: EfuseDump, keyBits: number): KeyPlaces {
  const { efuse } = dump.chip;
  const refuse = (field: string, reason: string): Error =>
    planError('PLAN_UNREACHABLE', { profile: profile.name, field, reason });
  const hasFixedPlaces = efuse.fixedKeys.length > 0;
  const flashSlots = keySlotsFor(dump, 'flash-encryption');
  checkFlashKeys(dump, flashSlots, refuse);
  const needsDigest =
    profile.secureBoot && !keySlotsFor(dump, 'secure-boot-digest').some((slot) => isTrusted(dump, slot));
  if (hasFixedPlaces) {
    const flashKey = flashSlots.filter(({ isEmpty }) => isEmpty).map((slot) => ({ slot, purpose: '' }));
    return { flashKey, ...(needsDigest && { digest: { slot: fixedDigest(dump, refuse), purpose: '' } }) };
  }
  const free = keySlots(dump).filter(isFree);
  const purposes = flashSlots.length > 0 ? [] : flashPurposes(keyBits);
  const forFlash = free.filter(({ name }) => name !== efuse.noFlashKeyIn).slice(0, purposes.length);
  if (forFlash.length < purposes.length) throw refuse('BLOCK_KEY0', 'No key block is free for the flash key.');
  const flashKey = forFlash.map((slot, index) => ({ slot, purpose: purposes[index] ?? '' }));
  if (!needsDigest) return { flashKey };
  const forDigest = free.find((slot) => !forFlash.includes(slot));
  if (forDigest === undefined) throw refuse('BLOCK_KEY5', 'No key block is free for the digest of secure boot.');
  return { flashKey, digest: { slot: forDigest, purpose: `SECURE_BOOT_DIGEST${freeDigestNumber(dump, refuse)}` } };
}

function flashPurposes(keyBits: number): readonly string[] {
  return keyBits === 512 ? ['XTS_AES_256_KEY_1', 'XTS_AES_256_KEY_2'] : ['XTS_AES_128_KEY'];
}

/** Nothing is burned, and nothing is protected, in the block and in what marks it. */
function isFree({ use, purpose, isEmpty, isReadProtected, isWriteProtected, isPurposeLocked }: KeySlot): boolean {
  return use === 'user' && purpose === 'USER' && isEmpty && !isReadProtected && !isWriteProtected && !isPurposeLocked;
}

type Refuse = (field: string, reason: string) => Error;

/** A flash key that is there has to be one that the hardware can use. */
function checkFlashKeys(dump: EfuseDump, slots: readonly KeySlot[], refuse: Refuse): void {
  const count = (purpose: string): number => slots.filter((slot) => slot.purpose === purpose).length;
  const misplaced = slots.find(({ name }) => name === dump.chip.efuse.noFlashKeyIn);
  if (misplaced !== undefined) throw refuse(misplaced.name, 'The hardware finds no flash key in it.');
  const [first, second, short] = [count('XTS_AES_256_KEY_1'), count('XTS_AES_256_KEY_2'), count('XTS_AES_128_KEY')];
  const isWhole = first === second && first + short <= 1;
  const marked = slots.find(({ purpose, isEmpty }) => purpose !== '' && (isEmpty || !isWhole));
  if (marked === undefined) return;
  const reason = marked.isEmpty
    ? 'It marks a flash key where none is burned.'
    : 'There is half a flash key, or one too many.';
  throw refuse(marked.purposeField ?? marked.name, reason);
}

/** The one place of the digest on chips without purposes. */
function fixedDigest(dump: EfuseDump, refuse: Refuse): KeySlot {
  const [v1] = readFuses(dump, 'secureBootV1');
  if (v1?.value === 1) throw refuse(v1.field.name, 'Secure boot version 1 is on.');
  const { fixedKeys } = dump.chip.efuse;
  const field = fixedKeys.find(
    ({ use, when }) =>
      use === 'secure-boot' && (when === undefined || (readFuse(dump, when.field)?.value ?? 0) === when.value),
  )?.field;
  const slot = keySlots(dump).find(({ name }) => name === field);
  if (slot === undefined) throw refuse('XTS_KEY_LENGTH_256', 'The long flash key leaves no place for a digest.');
  if (!slot.isEmpty) throw refuse(slot.name, 'It is read-protected, and a digest has to be readable.');
  return slot;
}

function freeDigestNumber(dump: EfuseDump, refuse: Refuse): string {
  const taken = new Set(keySlotsFor(dump, 'secure-boot-digest').map(({ purpose }) => purpose.at(-1)));
  const fuse = readFuses(dump, 'digestRevoke').find(({ field, value }) => value === 0 && !taken.has(field.name.at(-1)));
  const number = fuse?.field.name.at(-1);
  if (number === undefined) throw refuse('SECURE_BOOT_KEY_REVOKE0', 'Every slot for a digest is revoked or taken.');
  return number;
}
