import type { RandomFill } from '@mkiot/core/crypto/signatures';
import { randomFraction } from '../../device/randomFraction.ts';

/** What fails: the access point is gone, or it is there and gives no address. */
export type WifiFaultKind = 'noAccessPoint' | 'noAddress';

/** A time in which something fails, in milliseconds since the radio was made. */
export interface WifiFault {
  readonly kind: WifiFaultKind;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface WifiFaultTimes {
  /** How long it works and how long it fails, on average. */
  readonly meanUpMs: number;
  readonly meanDownMs: number;
}

const NO_ADDRESS_SHARE = 0.3;

/** Faults without end, one after the other; the times between have an exponential distribution. */
export function* wifiFaults(random: RandomFill, { meanUpMs, meanDownMs }: WifiFaultTimes): Generator<WifiFault> {
  const draw = (meanMs: number): number => -Math.log(1 - randomFraction(random)) * meanMs;
  for (let atMs = 0; ;) {
    const fromMs = atMs + draw(meanUpMs);
    const untilMs = fromMs + draw(meanDownMs);
    yield { kind: randomFraction(random) < NO_ADDRESS_SHARE ? 'noAddress' : 'noAccessPoint', fromMs, untilMs };
    atMs = untilMs;
  }
}
