const CELLS = 24;
/** Before so much time a rate is a guess. */
const SETTLED_MS = 1_000;

/** How far something has come. */
export interface Advance {
  readonly done: number;
  readonly total: number;
  /** Since it began. */
  readonly elapsedMs: number;
}

/** `██████░░░░  58 %  12 s left`. */
export function progressBar({ done, total, elapsedMs }: Advance): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(share * CELLS);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const isGuess = elapsedMs < SETTLED_MS || done === 0;
  const left = isGuess ? '' : `  ${durationText(((total - done) * elapsedMs) / done)} left`;
  return `${'█'.repeat(filled)}${'░'.repeat(CELLS - filled)} ${percent}${left}`;
}

/** Rounded up, as people are told of waiting: `12 s`, `3 min 5 s`. */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
