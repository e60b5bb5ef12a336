import type { BridgeHooks, Principal } from '../hooks.ts';

/** What stops reading at the gate. */
export interface Resumable {
  resume(): void;
}

/** Where connections wait while the domain has more messages than it can take. */
export class ReadGate {
  readonly #backPressure: BridgeHooks<Principal>['backPressure'];
  #waiting: Resumable[] = [];

  constructor(backPressure: BridgeHooks<Principal>['backPressure']) {
    this.#backPressure = backPressure;
  }

  get isShut(): boolean {
    return this.#backPressure.saturated;
  }

  /** Calls `resume` once, when the gate has opened. */
  wait(resumable: Resumable): void {
    if (this.#waiting.push(resumable) > 1) return;
    // In a turn of its own: `onDrained` may speak from within the domain's own work.
    this.#backPressure.onDrained(() => queueMicrotask(() => this.#open()));
  }

  #open(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resumable of waiting) resumable.resume();
  }
}
