import type { StationEvent } from '@mkiot/esp32/station/job';
import { make, part } from './elements.ts';

/** What each step is called. One that is not here has its own name. */
const TITLES: Readonly<Record<string, string>> = {
  detect: 'Find the chip',
  identify: 'Read who it is',
  audit: 'Audit',
  erase: 'Erase the flash',
  prepare: 'Prepare the firmware',
  rehearse: 'Rehearse the burns',
  burn: 'Burn eFuses',
  flash: 'Write the firmware',
  'first-boot': 'Let its bootloader encrypt',
  run: 'Start the firmware',
  install: 'Install keys',
  keys: 'Install keys',
  register: 'Register the device',
  check: 'Check that it is closed',
};

interface Step {
  readonly name: string;
  readonly atMs: number;
  readonly row: HTMLElement;
  readonly detail: HTMLElement;
  readonly time: HTMLElement;
  readonly bar: HTMLProgressElement;
}

/** The steps of a run as they come, each with a bar and its time. */
export class StepList {
  readonly #list = part('steps', HTMLOListElement);
  readonly #spoken = part('spoken', HTMLElement);
  #current: Step | undefined;
  #atMs = 0;

  clear(): void {
    this.#list.replaceChildren();
    this.#spoken.textContent = '';
    this.#current = undefined;
    this.#atMs = 0;
  }

  show(event: StationEvent): void {
    if (event.type === 'step') this.#step(event);
    else if (event.type === 'progress') this.#progress(event);
    else if (event.type === 'press') this.#press(event.button);
  }

  /** @param durationMs of all */
  end(durationMs: number): void {
    this.#atMs = durationMs;
    this.#close('done');
  }

  fail(): void {
    this.#close('failed');
  }

  #step({ step: name, detail, atMs }: Extract<StationEvent, { type: 'step' }>): void {
    this.#atMs = atMs;
    if (this.#current?.name !== name) {
      this.#close('done');
      this.#current = this.#open(name, atMs);
    }
    this.#current.detail.textContent = detail;
    this.#spoken.textContent = `${TITLES[name] ?? name}: ${detail}`;
  }

  #progress({ done, total }: Extract<StationEvent, { type: 'progress' }>): void {
    const bar = this.#current?.bar;
    if (bar === undefined) return;
    bar.max = total;
    bar.value = done;
  }

  #press(button: string): void {
    const hint = button === 'reset' ? 'Press reset on the board.' : 'Hold the boot button down and press reset.';
    this.#current?.row.append(make('p', { class: 'press' }, hint));
    this.#spoken.textContent = hint;
  }

  #open(name: string, atMs: number): Step {
    const title = TITLES[name] ?? name;
    const detail = make('p', { class: 'detail' });
    const time = make('span', { class: 'time' });
    const bar = make('progress', { 'aria-label': title });
    const row = make('li', { class: 'running', 'data-step': name }, make('h3', {}, title), time, bar, detail);
    this.#list.append(row);
    return { name, atMs, row, detail, time, bar };
  }

  #close(state: 'done' | 'failed'): void {
    const step = this.#current;
    if (step === undefined) return;
    step.row.className = state;
    step.bar.max = 1;
    step.bar.value = state === 'done' ? 1 : 0;
    if (state === 'done') step.time.textContent = `${((this.#atMs - step.atMs) / 1_000).toFixed(1)} s`;
    this.#current = undefined;
  }
}
