import { boardError } from '../boardErrors.ts';
import type { JsonFields } from '../control/jsonFields.ts';
import { type Reading, type Step, VALUE_RANGE } from './reading.ts';

/** Only crossings of a bound pass. Exactly one of `above` and `below` is set. */
export interface ThresholdSettings {
  readonly kind: 'threshold';
  /** Exceeded by values over it. */
  readonly above?: number;
  /** Exceeded by values under it. */
  readonly below?: number;
  /** How far a value must come back before the threshold is cleared, so that noise at the bound is one crossing. */
  readonly hysteresis: number;
}

export interface ThresholdState {
  readonly exceeded: boolean;
}

export function parseThreshold(fields: JsonFields): ThresholdSettings {
  const above = fields.optionalNumber('above', VALUE_RANGE);
  const below = fields.optionalNumber('below', VALUE_RANGE);
  const hysteresis = fields.number('hysteresis', { min: 0, max: VALUE_RANGE.max }, 0);
  if (above !== undefined && below === undefined) return { kind: 'threshold', above, hysteresis };
  if (below !== undefined && above === undefined) return { kind: 'threshold', below, hysteresis };
  throw boardError('THRESHOLD_AMBIGUOUS', { path: fields.path });
}

/** A device that starts in order says nothing; one that starts beyond the bound says so at once. */
export function stepThreshold(
  settings: ThresholdSettings,
  state: ThresholdState | undefined,
  reading: Reading,
): Step<ThresholdState> {
  const excess = excessOf(settings, reading.value);
  const wasExceeded = state?.exceeded ?? false;
  const exceeded = wasExceeded ? excess > -settings.hysteresis : excess > 0;
  if (exceeded === wasExceeded) return { state: { exceeded }, output: undefined };
  return { state: { exceeded }, output: { ...reading, threshold: exceeded ? 'exceeded' : 'cleared' } };
}

/** How far `value` is beyond the bound; negative on the good side. */
function excessOf(settings: ThresholdSettings, value: number): number {
  if (settings.above !== undefined) return value - settings.above;
  return (settings.below ?? -Infinity) - value;
}
