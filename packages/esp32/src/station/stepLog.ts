import type { StationPorts } from './job.ts';
import { stationError } from './stationErrors.ts';
import type { UnitResult } from './unitResult.ts';

/** With it the unit is done: there is nothing to stop any more. */
const LAST_STEP = 'run';

/** What a unit is after these steps, those that bind most first. */
const STATES: readonly { readonly after: readonly string[]; readonly state: string }[] = [
  {
    after: ['burn', 'first-boot'],
    state: 'eFuses are burned: the unit is of no use until the same command is repeated, with the same book.',
  },
  { after: ['keys', 'register'], state: 'It may have its keys already: repeat the same command to finish it.' },
  {
    after: ['flash', 'erase'],
    state: 'Its flash is written in part, and no eFuse was burned: repeat the command, or write something else.',
  },
];

/** Whether a unit on which this step has begun may not be what it was. */
export function changesUnit(step: string): boolean {
  return STATES.some(({ after }) => after.includes(step));
}

/** The steps of a run and when each began. */
export class StepLog {
  readonly #ports: Pick<StationPorts, 'clock' | 'onProgress' | 'stop'>;
  readonly #startedMs: number;
  readonly #begun: { readonly step: string; readonly atMs: number }[] = [];

  constructor(ports: Pick<StationPorts, 'clock' | 'onProgress' | 'stop'>) {
    this.#ports = ports;
    this.#startedMs = ports.clock.monotonic();
  }

  /** Since the run began, milliseconds. */
  get elapsedMs(): number {
    return this.#ports.clock.monotonic() - this.#startedMs;
  }

  /**
   * A step begins, or goes on with something else. Between two steps a run can end: repeated, it goes on there.
   *
   * @param detail as a sentence
   * @throws `UNIT_STOPPED` where the station was asked to end
   */
  tell(step: string, detail: string): void {
    if (this.#ports.stop?.aborted === true && step !== LAST_STEP)
      throw stationError('UNIT_STOPPED', { step, state: this.#state });
    const atMs = this.elapsedMs;
    if (this.#begun.at(-1)?.step !== step) this.#begun.push({ step, atMs });
    this.#ports.onProgress({ type: 'step', step, detail, atMs });
  }

  /** What is left to whoever takes the unit away now. */
  get #state(): string {
    const found = STATES.find(({ after }) => this.#begun.some(({ step }) => after.includes(step)));
    return found?.state ?? 'Nothing was changed on the unit in this run.';
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
