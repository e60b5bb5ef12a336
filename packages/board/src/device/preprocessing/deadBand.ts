import type { JsonFields } from '../control/jsonFields.ts';
import { DURATION_MS, type Reading, type Step, VALUE_RANGE } from './reading.ts';

/** Small changes are not worth a message. */
export interface DeadBandSettings {
  readonly kind: 'deadBand';
  /** A reading passes when it differs from the last passed one by at least this much. */
  readonly delta: number;
  /** A reading passes in any case when none has for this long; absent: never only for that. */
  readonly maxSilenceMs?: number;
}

/** The reading that passed last. */
export type DeadBandState = Reading;

export function parseDeadBand(fields: JsonFields): DeadBandSettings {
  const delta = fields.number('delta', { min: 0, max: VALUE_RANGE.max });
  const maxSilenceMs = fields.optionalNumber('maxSilenceMs', DURATION_MS);
  return { kind: 'deadBand', delta, ...(maxSilenceMs === undefined ? {} : { maxSilenceMs }) };
}

export function stepDeadBand(
  settings: DeadBandSettings,
  state: DeadBandState | undefined,
  reading: Reading,
): Step<DeadBandState> {
  const passes =
    state === undefined ||
    Math.abs(reading.value - state.value) >= settings.delta ||
    reading.atMs - state.atMs >= (settings.maxSilenceMs ?? Infinity);
  return passes ? { state: reading, output: reading } : { state, output: undefined };
}
