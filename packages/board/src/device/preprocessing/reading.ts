/** What a sensor measured, or what preprocessing made of it. */
export interface Reading {
  /** Monotonic milliseconds, so that a jump of the wall clock bends no window. */
  readonly atMs: number;
  /** In the sensor's unit; the mean where the reading stands for a window. */
  readonly value: number;
  readonly window?: { readonly min: number; readonly max: number; readonly count: number };
  /** The value has just crossed a threshold, this way. */
  readonly threshold?: 'exceeded' | 'cleared';
}

/** What a stage makes of one reading: its next state, and a reading to pass on or nothing. */
export interface Step<State> {
  readonly state: State;
  readonly output: Reading | undefined;
}

/** Durations that preprocessing may be set to, in milliseconds. */
export const DURATION_MS = { min: 1, max: 86_400_000, integer: true } as const;

/** Values that a stage may be set to: far beyond any sensor, and far from the end of the floating point numbers. */
export const VALUE_RANGE = { min: -1e100, max: 1e100 } as const;
