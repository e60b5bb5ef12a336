import type { Chip, EfuseField } from '../chips/chip.ts';
import { SECURITY_FUSES, type SecurityFuse } from '../chips/securityFuses.ts';
import { type EfuseDump, isWriteProtected, rawNumber } from './efuseDump.ts';
import { fieldsOf, revisionOf } from './efuseFields.ts';

/** What one eFuse field of a chip holds. */
export interface Fuse {
  readonly field: EfuseField;
  readonly value: number;
  /** It can not change any more. */
  readonly isLocked: boolean;
}

/** The field `name` of `dump`; undefined if the chip does not have it or the source does not tell it. */
export function readFuse(dump: EfuseDump, name: string): Fuse | undefined {
  const field = fieldsOf(dump).find((candidate) => candidate.name === name);
  if (field === undefined) return undefined;
  const { writeProtectBit } = field;
  const isLocked = writeProtectBit !== undefined && isWriteProtected(dump, writeProtectBit);
  return { field, value: rawNumber(dump, field), isLocked };
}

/** The fields that serve `purpose`, as far as the chip has them and the source tells them. */
export function readFuses(dump: EfuseDump, purpose: SecurityFuse): readonly Fuse[] {
  return SECURITY_FUSES[purpose].flatMap((name) => readFuse(dump, name) ?? []);
}

/** The names of the fields that serve `purpose` on `chip`, whatever its revision. */
export function fuseNames(chip: Chip, purpose: SecurityFuse): readonly string[] {
  const names = new Set(chip.efuse.fieldTables.flatMap(({ fields }) => fields.map(({ name }) => name)));
  return SECURITY_FUSES[purpose].filter((name) => names.has(name));
}

/** How far flash encryption has come, by its counter. It is on while an odd number of bits is set. */
export interface FlashEncryptionState {
  readonly counter: Fuse;
  readonly isOn: boolean;
  /** It was on before: bits are set, but an even number. */
  readonly wasOn: boolean;
  /** On, and nothing can switch it off: all bits are set, or the counter is locked. */
  readonly isPermanent: boolean;
}

/** @returns undefined where the source does not tell the counter */
export function flashEncryptionState(dump: EfuseDump): FlashEncryptionState | undefined {
  const counter = readFuse(dump, dump.chip.flashEncryption.counterField);
  if (counter === undefined) return undefined;
  const ones = countOnes(counter.value);
  const isOn = ones % 2 === 1;
  const isPermanent = isOn && (counter.isLocked || ones === counter.field.bits);
  return { counter, isOn, wasOn: !isOn && ones > 0, isPermanent };
}

/** Whether a version of secure boot is switched on; version 2 has no effect on silicon that does not know it. */
export function secureBootIsOn(dump: EfuseDump, version: 1 | 2): boolean {
  const fuses = readFuses(dump, version === 1 ? 'secureBootV1' : 'secureBootV2');
  const schemes = dump.chip.secureBoot.filter((scheme) => scheme.version === version);
  const isKnown = schemes.some(({ fromRevision }) => revisionOf(dump) >= fromRevision);
  return isKnown && fuses.some(({ value }) => value === 1);
}

export function countOnes(value: number): number {
  let ones = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}
