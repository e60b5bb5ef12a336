import { keySlotsFor, type KeySlot } from '../efuse/keySlots.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { countOnes, flashEncryptionState, readFuse, readFuses, secureBootIsOn } from '../efuse/readFuse.ts';
import { loaderClosedBy } from '../efuse/burnEfuses.ts';
import type { Profile } from './profile.ts';

/** Something that is not as a profile wants it, and the eFuse that shows it. */
export interface Gap {
  readonly field: string;
  readonly reason: string;
}

/** What is missing on a chip to be as `profile` says. Nothing means: it is. */
export function gapsTo(profile: Profile, dump: EfuseDump): readonly Gap[] {
  return [
    ...flashEncryptionGaps(profile, dump),
    ...profile.closes.flatMap((purpose) =>
      readFuses(dump, purpose)
        .filter(({ value }) => value === 0)
        .map(({ field }) => ({ field: field.name, reason: 'It is not burned.' })),
    ),
    ...openGaps(profile, dump),
    ...profile.writeProtects.flatMap((purpose) =>
      readFuses(dump, purpose)
        .filter(({ isLocked }) => !isLocked)
        .map(({ field }) => ({ field: field.name, reason: 'It is not write-protected.' })),
    ),
    ...(profile.secureBoot ? secureBootGaps(dump) : []),
    ...(profile.closesLoader && loaderClosedBy(dump) === undefined
      ? [{ field: 'download mode', reason: 'The loader of the ROM is open.' }]
      : []),
    ...bricks(dump),
  ];
}

/** What no burn can mend: the chip does not run with it. */
export function bricks(dump: EfuseDump): readonly Gap[] {
  return readFuses(dump, 'cacheOff')
    .filter(({ value }) => value === 1)
    .map(({ field }) => ({ field: field.name, reason: 'It is burned, and the chip can run no firmware.' }));
}

/** What is burned that a profile has to have open. */
export function openGaps(profile: Profile, dump: EfuseDump): readonly Gap[] {
  const closed = profile.leavesOpen.flatMap((purpose) => readFuses(dump, purpose)).filter(({ value }) => value === 1);
  return closed.map(({ field }) => ({ field: field.name, reason: 'It is burned, and the profile needs it open.' }));
}

function flashEncryptionGaps({ flashEncryption }: Profile, dump: EfuseDump): readonly Gap[] {
  const state = flashEncryptionState(dump);
  const counter = dump.chip.flashEncryption.counterField;
  const gaps: Gap[] = [];
  if (state?.isOn !== true) gaps.push({ field: counter, reason: 'Flash encryption is off.' });
  else if (flashEncryption === 'release' && !state.isPermanent) {
    gaps.push({ field: counter, reason: 'It can be switched off again.' });
  } else if (flashEncryption === 'development' && state.isPermanent) {
    gaps.push({ field: counter, reason: 'Flash encryption can not be switched off any more.' });
  }
  for (const { field, value } of readFuses(dump, 'keyTweak')) {
    if (value !== 2 ** field.bits - 1) gaps.push({ field: field.name, reason: 'Not all of the key is tweaked.' });
  }
  const slots = keySlotsFor(dump, 'flash-encryption');
  if (slots.length === 0) gaps.push({ field: 'KEY_PURPOSE_0', reason: 'No block holds a flash key.' });
  return [
    ...gaps,
    ...slots
      .filter((slot) => !isSecretKept(slot))
      .map(({ name }) => ({ field: name, reason: 'The flash key is missing, readable or not write-protected.' })),
  ];
}

function isSecretKept({ isReadProtected, isWriteProtected, isPurposeLocked }: KeySlot): boolean {
  return isReadProtected && isWriteProtected && isPurposeLocked;
}

function secureBootGaps(dump: EfuseDump): readonly Gap[] {
  const gaps: Gap[] = [];
  const [on] = readFuses(dump, 'secureBootV2');
  if (!secureBootIsOn(dump, 2)) gaps.push({ field: on?.field.name ?? 'SECURE_BOOT_EN', reason: 'Secure boot is off.' });
  const digests = keySlotsFor(dump, 'secure-boot-digest').filter((slot) => isTrusted(dump, slot));
  if (digests.length === 0)
    gaps.push({ field: 'SECURE_BOOT_DIGEST0', reason: 'No digest is burned that can be trusted.' });
  for (const { name } of digests.filter(
    ({ isWriteProtected, isPurposeLocked }) => !isWriteProtected || !isPurposeLocked,
  )) {
    gaps.push({ field: name, reason: 'The digest is not write-protected.' });
  }
  for (const { field, value } of readFuses(dump, 'digestRevoke')) {
    const isUsed = digests.some(({ purpose }) => purpose.at(-1) === field.name.at(-1));
    if (!isUsed && value === 0) gaps.push({ field: field.name, reason: 'The slot is open.' });
  }
  if (readFuse(dump, 'RD_DIS')?.isLocked !== true) gaps.push({ field: 'RD_DIS', reason: 'It is not write-protected.' });
  return gaps;
}

/** A digest that boot can read, and whose slot is not revoked. */
export function isTrusted(dump: EfuseDump, { isEmpty, isReadProtected, purpose }: KeySlot): boolean {
  const isRevoked = readFuse(dump, `SECURE_BOOT_KEY_REVOKE${purpose.at(-1)}`)?.value === 1;
  return !isEmpty && !isReadProtected && !isRevoked;
}

/** The counter with one more of its zeros burned, so that flash encryption is on; all of them for release mode. */
export function counterToBurn({ flashEncryption }: Profile, value: number, bits: number): number {
  if (flashEncryption === 'release') return 2 ** bits - 1;
  if (countOnes(value) % 2 === 1) return value;
  let bit = 0;
  while (Math.floor(value / 2 ** bit) % 2 === 1) bit += 1;
  return value + 2 ** bit;
}
