import type { EfuseFaults } from '../chip/efuse/efuseFaults.ts';

export interface EfuseDamage {
  /** The power goes during this burn, counted from 0: of its bits only every other one gets through. */
  readonly powerCutAtBurn?: number | undefined;
  /** Bits of a block that stay blank, counted from the first. */
  readonly blankBits?: readonly { readonly block: number; readonly bit: number }[] | undefined;
}

/** eFuses that are damaged in these ways. */
export function damagedEfuses({ powerCutAtBurn, blankBits = [] }: EfuseDamage): EfuseFaults {
  let burns = 0;
  return {
    burning(block, bits) {
      for (const blank of blankBits) {
        const at = blank.bit >> 3;
        if (blank.block === block && at < bits.length) bits[at] = (bits[at] as number) & ~(1 << (blank.bit & 7));
      }
      if (burns++ !== powerCutAtBurn) return false;
      for (const [at, byte] of bits.entries()) bits[at] = byte & 0x55;
      return true;
    },
  };
}
