import type { FlashFaults, FlashStep } from '../chip/flash/flashFaults.ts';
import { seededRandom } from './seededRandom.ts';

/** A cell that no longer changes: bit 0 to 7 of a byte. */
export interface StuckBit {
  readonly address: number;
  readonly bit: number;
  readonly value: 0 | 1;
}

export interface FlashDamage {
  /** Whatever is drawn by lot comes out the same with the same seed. */
  readonly seed: number;
  /** The power goes during this step, counted from 0, when so much of it is done. */
  readonly powerCut?: { readonly step: number; readonly fraction: number } | undefined;
  readonly stuckBits?: readonly StuckBit[] | undefined;
  /** So often a sector can be erased; with each time more one of its cells stays as it was programmed. */
  readonly endurance?: number | undefined;
}

/** A flash that is damaged in these ways. The power goes once. */
export function damagedFlash({ seed, powerCut, stuckBits = [], endurance = Infinity }: FlashDamage): FlashFaults {
  const random = seededRandom(seed);
  const erasures = new Map<number, number>();
  const worn: StuckBit[] = [];
  let step = 0;
  return {
    cutDuring: () => (step++ === powerCut?.step ? powerCut.fraction : undefined),
    damage(done, cells) {
      if (done.operation === 'erase' && countErasure(erasures, done) > endurance) worn.push(wornBit(random, done));
      for (const bit of [...stuckBits, ...worn]) hold(bit, done, cells);
    },
  };
}

function countErasure(erasures: Map<number, number>, { address }: FlashStep): number {
  const times = (erasures.get(address) ?? 0) + 1;
  erasures.set(address, times);
  return times;
}

/** The oxide of a worn cell holds electrons, and that reads as zero. */
function wornBit(random: ReturnType<typeof seededRandom>, { address, length }: FlashStep): StuckBit {
  const [low = 0, high = 0, bit = 0] = random(new Uint8Array(3));
  return { address: address + ((low + high * 0x100) % length), bit: bit & 7, value: 0 };
}

function hold({ address, bit, value }: StuckBit, step: FlashStep, cells: Uint8Array): void {
  const at = address - step.address;
  if (at < 0 || at >= step.length) return;
  const mask = 1 << bit;
  cells[at] = value === 1 ? (cells[at] as number) | mask : (cells[at] as number) & ~mask;
}
