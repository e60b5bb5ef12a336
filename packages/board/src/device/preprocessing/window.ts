import type { JsonFields } from '../control/jsonFields.ts';
import { DURATION_MS, type Reading, type Step } from './reading.ts';

/** Many readings become one: their mean, with minimum, maximum and count beside it. */
export interface WindowSettings {
  readonly kind: 'window';
  readonly durationMs: number;
}

/** The window that is being filled. */
export interface WindowState {
  readonly startMs: number;
  readonly last: Reading;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

export function parseWindow(fields: JsonFields): WindowSettings {
  return { kind: 'window', durationMs: fields.number('durationMs', DURATION_MS) };
}

/**
 * Windows follow each other without gap or overlap from the first reading on. A window is passed on when the first
 * reading after its end arrives; one without readings is not.
 */
export function stepWindow(
  settings: WindowSettings,
  state: WindowState | undefined,
  reading: Reading,
): Step<WindowState> {
  if (state === undefined) return { state: openWindow(reading.atMs, reading), output: undefined };
  const windowsPassed = Math.floor((reading.atMs - state.startMs) / settings.durationMs);
  if (windowsPassed < 1) return { state: addToWindow(state, reading), output: undefined };
  const { last, mean, min, max, count } = state;
  const startMs = state.startMs + windowsPassed * settings.durationMs;
  return { state: openWindow(startMs, reading), output: { ...last, value: mean, window: { min, max, count } } };
}

function openWindow(startMs: number, reading: Reading): WindowState {
  const { value } = reading;
  return { startMs, last: reading, mean: value, min: value, max: value, count: 1 };
}

function addToWindow(window: WindowState, reading: Reading): WindowState {
  const { value } = reading;
  const count = window.count + 1;
  const min = Math.min(window.min, value);
  const max = Math.max(window.max, value);
  // A sum could overflow and rounding could push the mean of equal values past them.
  const mean = Math.min(max, Math.max(min, window.mean + (value - window.mean) / count));
  return { startMs: window.startMs, last: reading, mean, min, max, count };
}
