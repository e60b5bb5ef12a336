import { findingCounts } from '@mkiot/esp32/audit/report/findingCounts';
import type { StationEvent } from '@mkiot/esp32/station/job';
import type { Clock } from '@mkiot/core/clock/clock';
import { printable } from '../../../output/printable.ts';
import type { TerminalOutput } from '../../../ports.ts';
import { progressBar } from './progressBar.ts';

/** Who wants to know what happens to a unit. */
export type Audience = 'person' | 'program' | 'nobody';

export interface ProgressPorts {
  readonly output: TerminalOutput;
  readonly errorOutput: TerminalOutput;
  readonly clock: Clock;
}

/** Eyes see no more, and a terminal over a network draws slowly. */
const RETELL_MS = 100;
/** Goes back to the start of the line and empties it (ECMA-48, EL). */
const CLEAR_LINE = '\r\u001b[2K';
/** As wide as the time before each step. */
const NO_TIME = ' '.repeat(10);

const PRESS = {
  reset: 'Press the reset button of the board.',
  'boot and reset': 'Hold the boot button of the board down, press reset, then let go.',
} as const;

type Progress = Extract<StationEvent, { type: 'progress' }>;

/**
 * Tells what happens to a unit, while it happens: to a person on the output, with a bar where that is a terminal; to a program
 * on the error output, an event a line, because its output is the result alone.
 */
export class UnitProgress {
  readonly #ports: ProgressPorts;
  readonly #audience: Audience;
  #written: Promise<void> = Promise.resolve();
  #hasBar = false;
  #advance:
    | { readonly step: string; readonly total: number; readonly beganMs: number; readonly done: number }
    | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(ports: ProgressPorts, audience: Audience) {
    this.#ports = ports;
    this.#audience = audience;
  }

  /** Takes an event of the station. It is on the way to the terminal when this returns, not there. */
  take(event: StationEvent): void {
    if (this.#audience === 'person') this.#show(event);
    else if (this.#audience === 'program') this.#report(event);
  }

  /** A line for a person. */
  note(line: string): void {
    if (this.#audience === 'person') this.#line(line);
    else if (this.#audience === 'program')
      this.#write(this.#ports.errorOutput, `${JSON.stringify({ event: 'note', line })}\n`);
  }

  /** Resolves when all is written, and the line is free for a question. */
  async settled(): Promise<void> {
    this.#clearBar();
    await this.#written;
  }

  /** Whether it is time to tell again how far a step has come: its end always is. */
  #isDue({ done, total }: Progress): boolean {
    const nowMs = this.#ports.clock.monotonic();
    if (done < total && nowMs - this.#toldMs < RETELL_MS) return false;
    this.#toldMs = nowMs;
    return true;
  }

  #show(event: StationEvent): void {
    if (event.type === 'step') {
      this.#line(`${(event.atMs / 1_000).toFixed(1).padStart(8)} s  ${event.step.padEnd(9)} ${event.detail}`);
    } else if (event.type === 'audit') {
      this.#line(`${NO_TIME}  audit     ${event.when}: ${findingCounts(event.report)}`);
    } else if (event.type === 'press') {
      this.#line(`${NO_TIME}  press     ${PRESS[event.button]}`);
    } else if (event.type === 'progress' && this.#ports.output.isTerminal) this.#draw(event);
  }

  #draw(event: Progress): void {
    const { step, done, total } = event;
    const nowMs = this.#ports.clock.monotonic();
    const isNew = this.#advance?.step !== step || this.#advance.total !== total || done < this.#advance.done;
    const beganMs = isNew ? nowMs : (this.#advance?.beganMs ?? nowMs);
    this.#advance = { step, total, beganMs, done };
    if (!this.#isDue(event)) return;
    const bar = progressBar({ done, total, elapsedMs: nowMs - beganMs });
    this.#write(this.#ports.output, `${CLEAR_LINE}${NO_TIME}  ${step.padEnd(9)} ${bar}`);
    this.#hasBar = true;
  }

  #report(event: StationEvent): void {
    if (event.type === 'progress' && !this.#isDue(event)) return;
    this.#write(this.#ports.errorOutput, `${JSON.stringify(eventForPrograms(event))}\n`);
  }

  #line(line: string): void {
    this.#clearBar();
    this.#write(this.#ports.output, `${printable(line)}\n`);
  }

  #clearBar(): void {
    if (this.#hasBar) this.#write(this.#ports.output, CLEAR_LINE);
    this.#hasBar = false;
  }

  #write(output: TerminalOutput, text: string): void {
    this.#written = this.#written.then(() => output.write(text));
  }
}

/** What of an event can be a line of JSON: eFuses and reports are in the result. */
function eventForPrograms({ type: event, ...rest }: StationEvent): object {
  if ('unit' in rest) {
    const { mac, chip, flashBytes } = rest.unit;
    return { event, mac, chip: chip.name, flashBytes };
  }
  if ('report' in rest) {
    return { event, when: rest.when, grade: rest.report.grade, findings: findingCounts(rest.report) };
  }
  return 'atMs' in rest ? { event, ...rest, atMs: Math.round(rest.atMs) } : { event, ...rest };
}
