import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { WebSerialDevice } from '@mkiot/esp32/serial/webSerial';
import type { Job, StationEvent } from '@mkiot/esp32/station/job';
import type { PageUnit } from '../provisionInPage.ts';
import { choosePort, onlyPort } from '../serialPorts.ts';
import { part } from './elements.ts';
import { hideProblem, showProblem } from './problems.ts';
import { auditCard, resultCard } from './resultCard.ts';
import { StepList } from './stepList.ts';

const LOST_PORT: ReadonlySet<string> = new Set(['LOADER_PORT_CLOSED', 'STATION_PORT_TAKEN']);

export interface BenchWork {
  /** Read when a unit is begun. @throws where something is missing or unfit */
  job(): Promise<Job>;
  provision(device: WebSerialDevice, job: Job, onProgress: (event: StationEvent) => void): Promise<PageUnit>;
  /** Told after each unit, good or bad. */
  ended(): Promise<void>;
}

/** One unit after the other: a port, its steps, and what became of it. */
export class Bench {
  readonly #work: BenchWork;
  readonly #steps = new StepList();
  readonly #start = part('provision', HTMLButtonElement);
  readonly #other = part('other-port', HTMLButtonElement);
  readonly #problem = part('problem', HTMLElement);
  readonly #audits = part('audits', HTMLElement);
  readonly #result = part('result', HTMLElement);
  readonly #settings = part('settings', HTMLElement);
  #device: WebSerialDevice | undefined;

  constructor(work: BenchWork) {
    this.#work = work;
  }

  /** Lets the user begin. */
  open(): void {
    this.#start.disabled = false;
    this.#start.addEventListener('click', () => void this.#provision());
    this.#other.addEventListener('click', () => {
      this.#choose().catch((error: unknown) => showProblem(this.#problem, error));
    });
    addEventListener('beforeunload', (event) => {
      if (this.#start.disabled) event.preventDefault();
    });
  }

  async #choose(): Promise<void> {
    this.#device = (await choosePort()) ?? this.#device;
    this.#other.hidden = this.#device === undefined;
  }

  async #provision(): Promise<void> {
    this.#clear();
    this.#setBusy(true);
    try {
      const job = await this.#work.job();
      this.#device ??= await onlyPort();
      if (this.#device === undefined) await this.#choose();
      if (this.#device === undefined) return;
      this.#other.hidden = false;
      const unit = await this.#work.provision(this.#device, job, (event) => this.#show(event));
      this.#steps.end(unit.result.durationMs);
      this.#result.replaceChildren(resultCard(unit));
    } catch (error) {
      // A board that is plugged in again may be another port to the browser.
      if (error instanceof MkiotError && LOST_PORT.has(error.code)) this.#device = undefined;
      this.#steps.fail();
      showProblem(this.#problem, error);
    } finally {
      this.#setBusy(false);
      // The next unit is a press of the same key.
      this.#start.focus({ preventScroll: true });
      await this.#work.ended();
    }
  }

  #clear(): void {
    hideProblem(this.#problem);
    this.#steps.clear();
    this.#audits.replaceChildren();
    this.#result.replaceChildren();
  }

  #setBusy(isBusy: boolean): void {
    this.#start.disabled = isBusy;
    this.#other.disabled = isBusy;
    this.#settings.inert = isBusy;
    this.#start.textContent = isBusy ? 'Working on a unit…' : 'Provision the unit at the port';
  }

  #show(event: StationEvent): void {
    this.#steps.show(event);
    if (event.type !== 'audit') return;
    this.#audits.append(auditCard(event.when === 'before' ? 'Audit before' : 'Audit after', event.report));
  }
}
