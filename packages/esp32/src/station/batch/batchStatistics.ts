import type { UnitResult } from '../unitResult.ts';

/** How a run of a batch goes. */
export interface BatchStatistics {
  readonly done: number;
  /** By the codes of the reasons, most frequent first. */
  readonly failed: readonly { readonly reason: string; readonly units: number }[];
  /** In the order of the steps; of the units that are done. */
  readonly steps: readonly { readonly step: string; readonly medianMs: number }[];
  /** Undefined until a unit is done. */
  readonly unitsPerHour: number | undefined;
  /** Until the units that are left are done, if they go as those before. */
  readonly remainingMs: number | undefined;
}

const HOUR_MS = 3_600_000;

/**
 * @param results of the units that this run has done
 * @param failures the codes of those that it has not
 * @param left units without a result
 * @param elapsedMs since the first board was put in
 */
export function batchStatistics(
  results: readonly Pick<UnitResult, 'steps'>[],
  failures: readonly string[],
  left: number,
  elapsedMs: number,
): BatchStatistics {
  const done = results.length;
  const perUnitMs = done === 0 || elapsedMs <= 0 ? undefined : elapsedMs / done;
  return {
    done,
    failed: countsOf(failures),
    steps: medians(results),
    unitsPerHour: perUnitMs && HOUR_MS / perUnitMs,
    remainingMs: perUnitMs && perUnitMs * left,
  };
}

function countsOf(failures: readonly string[]): BatchStatistics['failed'] {
  const counts = new Map<string, number>();
  for (const reason of failures) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, units]) => ({ reason, units })).toSorted((one, other) => other.units - one.units);
}

/** A step that a unit does in parts counts with their sum. */
function medians(results: readonly Pick<UnitResult, 'steps'>[]): BatchStatistics['steps'] {
  const durations = new Map<string, number[]>();
  for (const { steps } of results) {
    const sums = new Map<string, number>();
    for (const { step, durationMs } of steps) sums.set(step, (sums.get(step) ?? 0) + durationMs);
    for (const [step, sum] of sums) durations.set(step, [...(durations.get(step) ?? []), sum]);
  }
  return [...durations].map(([step, all]) => ({ step, medianMs: median(all) }));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
