import type { Chip } from '../chips/chip.ts';
import type { Burn } from './burnEfuses.ts';

/** The burn of a field that marks the key in a block with what it is for. @param purpose as espefuse calls it */
export function purposeBurn(chip: Chip, field: string, purpose: string): Burn & { readonly kind: 'field' } {
  const value = Object.entries(chip.efuse.keyPurposes).find(([, name]) => name === purpose)?.[0];
  return { kind: 'field', field, value: Number(value) };
}
