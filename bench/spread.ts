/** Some values as one: the middle one, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] as number;
  const high = sorted[Math.ceil(middle)] as number;
  return { median: (low + high) / 2, min: sorted[0] as number, max: sorted.at(-1) as number };
}

/** `1.04 (0.98 to 1.10)`; of a single value that value. */
export function formatSpread({ median, min, max }: Spread, decimals: number): string {
  const text = median.toFixed(decimals);
  return min === max ? text : `${text} (${min.toFixed(decimals)} to ${max.toFixed(decimals)})`;
}
