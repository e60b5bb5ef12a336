import type { Chip } from '../chips/chip.ts';
import type { Burn } from '../efuse/burnEfuses.ts';
import type { EfuseDump } from '../efuse/efuseDump.ts';
import { keySlotsFor } from '../efuse/keySlots.ts';
import { fuseNames, readFuse, readFuses } from '../efuse/readFuse.ts';
import { burnCommands } from './burnCommands.ts';
import { counterToBurn, isTrusted } from './goal.ts';
import type { KeyPlaces } from './keyPlaces.ts';
import type { PlanStep } from './plan.ts';
import type { Profile } from './profile.ts';

/** Burns which parts of the flash key the address changes, on chips that ask. */
export function keyTweakSteps(chip: Chip): readonly PlanStep[] {
  return step(chip, flags(fuseNames(chip, 'keyTweak'), 0xf), {
    id: 'key-tweak',
    does: 'Mixes the address into the whole flash key, so that equal data does not look equal.',
    risk: 'It has to be burned before the firmware is used: a later change makes all of the flash unreadable.',
  });
}

/** Switches flash encryption on. */
export function counterSteps(chip: Chip, profile: Profile, current: EfuseDump): readonly PlanStep[] {
  const fuse = readFuse(current, chip.flashEncryption.counterField);
  if (fuse === undefined) return [];
  const value = counterToBurn(profile, fuse.value, fuse.field.bits);
  const isRelease = profile.flashEncryption === 'release';
  return step(chip, [{ kind: 'field', field: fuse.field.name, value }], {
    id: 'counter',
    does: isRelease
      ? 'Switches flash encryption on for ever.'
      : 'Switches flash encryption on. It can be switched off while bits of the counter are left.',
    risk: 'From here on the chip decrypts whatever it starts: if the flash does not hold the encrypted firmware, it starts nothing.',
  });
}

/** Burns what the profile closes and the chip has, but for what is burned. */
export function closeSteps(chip: Chip, profile: Profile, current: EfuseDump): readonly PlanStep[] {
  const names = profile.closes.flatMap((purpose) => readFuses(current, purpose).filter(({ value }) => value === 0));
  return step(
    chip,
    names.map(({ field }) => ({ kind: 'field', field: field.name, value: 1 })),
    {
      id: 'close',
      does: 'Closes the ways into the chip: what the loader may do with the flash, the debugger, and other ways of booting.',
      risk: 'There is no debugger on this chip any more. Firmware comes over the air, or encrypted on the host.',
    },
  );
}

/** Locks what must never be burned. */
export function writeProtectSteps(chip: Chip, profile: Profile): readonly PlanStep[] {
  const names = profile.writeProtects.flatMap((purpose) => fuseNames(chip, purpose));
  const cache = step(chip, names.map(writeProtect), {
    id: 'protect-cache',
    does: 'Makes sure that nobody switches the cache off, which would end the chip.',
    risk: `Write-protect ${names.join(' and ')}, never burn it. Its whole group is locked with it: what is still open there stays open.`,
  });
  const readProtection = step(chip, profile.secureBoot ? [writeProtect('RD_DIS')] : [], {
    id: 'protect-read-protection',
    does: 'Makes sure that nobody hides the digest of secure boot, which would end the chip.',
    risk: 'Afterwards no key can be made unreadable any more: every secret key has to be burned before.',
  });
  return [...cache, ...readProtection];
}

/** Closes the loader of the ROM. */
export function loaderSteps(chip: Chip): readonly PlanStep[] {
  const [secure] = fuseNames(chip, 'secureDownload');
  const [name = ''] = secure === undefined ? fuseNames(chip, 'downloadMode') : [secure];
  const left = secure === undefined ? 'nothing at all' : 'nothing but writing flash';
  return step(chip, flags([name], 1), {
    id: 'close-loader',
    does: `Closes the loader of the ROM: over the cable the chip takes ${left}. It is the last burn.`,
    risk: 'espefuse can burn nothing on this chip afterwards. Save "espefuse summary" and give it to "mkiot audit" first: whatever is missing stays missing.',
  });
}

/** Switches secure boot on, and retires the slots that hold no digest of yours. */
export function secureBootSteps(chip: Chip, current: EfuseDump, { digest }: KeyPlaces): readonly PlanStep[] {
  const [on = ''] = fuseNames(chip, 'secureBootV2');
  const trusted = keySlotsFor(current, 'secure-boot-digest').filter((slot) => isTrusted(current, slot));
  const used = new Set([...trusted.map(({ purpose }) => purpose.at(-1)), digest?.purpose.at(-1)]);
  const unused = fuseNames(chip, 'digestRevoke').filter((name) => !used.has(name.at(-1)));
  return [
    ...step(chip, flags([on], 1), {
      id: 'secure-boot',
      does: 'Switches secure boot on for ever: only what is signed with your key starts.',
      risk: 'If bootloader and app in flash are not signed with that key, the chip starts nothing. Who loses the key can never update the device.',
    }),
    ...step(chip, flags(unused, 1), {
      id: 'revoke-slots',
      does: 'Retires the key slots that are not used, so that nobody adds a key of his own.',
      risk: 'You can not add a second signing key later. Burn the digest of a spare key before, if you want one.',
    }),
  ];
}

function step(chip: Chip, burns: readonly Burn[], about: Pick<PlanStep, 'id' | 'does' | 'risk'>): readonly PlanStep[] {
  return burns.length === 0 ? [] : [{ ...about, commands: burnCommands(chip, burns), burns }];
}

function flags(names: readonly string[], value: number): readonly Burn[] {
  return names.map((field) => ({ kind: 'field', field, value }));
}

function writeProtect(field: string): Burn {
  return { kind: 'write-protect', field };
}
