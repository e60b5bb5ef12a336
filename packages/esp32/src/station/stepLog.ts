import type { StationPorts } from './job.ts';
import type { UnitResult } from './unitResult.ts';

/** The steps of a run and when each began. */
export class StepLog {
  readonly #ports: Pick<StationPorts, 'clock' | 'onProgress'>;
  readonly #startedMs: number;
  readonly #begun: { readonly step: string; readonly atMs: number }[] = [];

  constructor(ports: Pick<StationPorts, 'clock' | 'onProgress'>) {
    this.#ports = ports;
    this.#startedMs = ports.clock.monotonic();
  }

  /** Since the run began, milliseconds. */
  get elapsedMs(): number {
    return this.#ports.clock.monotonic() - this.#startedMs;
  }

  /** A step begins, or goes on with something else. @param detail as a sentence */
  tell(step: string, detail: string): void {
    const atMs = this.elapsedMs;
    if (this.#begun.at(-1)?.step !== step) this.#begun.push({ step, atMs });
    this.#ports.onProgress({ type: 'step', step, detail, atMs });
  }

  /** How far the step has come, in what it counts. */
  progress(step: string, done: number, total: number): void {
    this.#ports.onProgress({ type: 'progress', step, done, total });
  }

  /** The steps until now. */
  get steps(): UnitResult['steps'] {
    const endMs = this.elapsedMs;
    return this.#begun.map(({ step, atMs }, index) => ({
      step,
      durationMs: (this.#begun[index + 1]?.atMs ?? endMs) - atMs,
    }));
  }
}
