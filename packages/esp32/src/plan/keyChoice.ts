import type { Chip, SecureBootScheme } from '../chips/chip.ts';
import { CODING_SCHEME, type EfuseDump } from '../efuse/efuseDump.ts';
import { revisionOf, revisionText } from '../efuse/efuseFields.ts';
import { readFuse } from '../efuse/readFuse.ts';
import type { PlanRequest } from './plan.ts';
import { planError } from './planErrors.ts';

/** How the firmware is signed: with RSA where the silicon has it: ECDSA has a known weakness in some. */
export function schemeFor({ chip, profile, current }: PlanRequest): SecureBootScheme | undefined {
  const schemes = chip.secureBoot
    .filter(({ version }) => version === 2)
    .toSorted((one, other) => Number(one.algorithm === 'ecdsa') - Number(other.algorithm === 'ecdsa'));
  if (!profile.secureBoot || current === undefined) return schemes[0];
  const revision = revisionOf(current);
  const scheme = schemes.find(({ fromRevision }) => revision >= fromRevision);
  if (scheme !== undefined) return scheme;
  const [from = 0] = schemes.map(({ fromRevision }) => fromRevision);
  throw planError('PLAN_SILICON', {
    profile: profile.name,
    chip: chip.label,
    from: revisionText(from),
    found: revisionText(revision),
  });
}

/** How long the flash key is. @throws `PLAN_KEY_BITS` */
export function keyBitsFor({ chip, profile, keyBits }: PlanRequest, current: EfuseDump): number {
  const { keyBits: known, algorithm } = chip.flashEncryption;
  const isShort = readFuse(current, 'CODING_SCHEME')?.value === CODING_SCHEME.threeQuarters;
  const isOneBlock = isInOneBlock(chip);
  // A long key fills the one block of a chip, which then has no room for a digest, and needs a flag that says so.
  const allowed =
    algorithm === 'tweaked-key' ? [isShort ? 192 : 256] : known.filter((bits) => !isOneBlock || bits === 128);
  const bits = keyBits ?? allowed[0] ?? 256;
  if (allowed.includes(bits)) return bits;
  throw planError('PLAN_KEY_BITS', { chip: chip.label, bits, profile: profile.name, allowed: allowed.join(' or ') });
}

/** A chip with one block for the flash key and the digest. */
export function isInOneBlock({ efuse }: Chip): boolean {
  return (
    efuse.fixedKeys.length > 0 && efuse.blocks.filter(({ readProtectBits }) => readProtectBits.length > 0).length === 1
  );
}
