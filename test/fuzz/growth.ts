import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What may be kept for good: caches that fill, code that is compiled. */
const ALLOWED_BYTES = 8 * 1_048_576;
/** The first part of a run fills the caches. */
const WARM_UP_SAMPLES = 4;
const FEWEST_SAMPLES = 12;

/** Watches what a run keeps in memory, garbage collected. */
export class Growth {
  readonly #samples: number[] = [];
  readonly #collectGarbage: () => void;

  constructor() {
    v8.setFlagsFromString('--expose-gc');
    this.#collectGarbage = runInNewContext('gc') as () => void;
  }

  sample(): void {
    this.#collectGarbage();
    const { used_heap_size, external_memory } = v8.getHeapStatistics();
    this.#samples.push(used_heap_size + external_memory);
  }

  /** The first and the last sample, in bytes. */
  get ends(): readonly [number, number] {
    return [this.#samples[0] ?? 0, this.#samples.at(-1) ?? 0];
  }

  /** What is kept more for good: how far even the least of the last samples lies above the greatest of the first. */
  get excessBytes(): number {
    const samples = this.#samples.slice(WARM_UP_SAMPLES);
    if (samples.length < FEWEST_SAMPLES) return 0;
    const quarter = Math.floor(samples.length / 4);
    return Math.max(0, Math.min(...samples.slice(-quarter)) - Math.max(...samples.slice(0, quarter)));
  }

  get isTooMuch(): boolean {
    return this.excessBytes > ALLOWED_BYTES;
  }
}
