import type { BatchStatistics } from '@mkiot/esp32/station/batch/batchStatistics';
import type { Place } from '@mkiot/esp32/station/batch/boardFeed';
import type { SheetEntry } from '@mkiot/esp32/station/batch/resultSheet';
import type { BatchEvent } from '@mkiot/esp32/station/batch/runBatch';
import type { Output } from '../../../output/output.ts';
import { printable } from '../../../output/printable.ts';
import { keyOf } from './benchKeys.ts';

const PRESS = {
  reset: 'press the reset button of the board',
  'boot and reset': 'hold the boot button of the board down, press reset, then let go',
} as const;

/** Tells what happens in the places of a bench: each line says in which. With `--json` only units that ended, a line each. */
export class BatchTelling {
  readonly #output: Output;
  readonly #places: readonly Place[];
  readonly #steps = new Map<Place, string>();
  #written: Promise<void> = Promise.resolve();

  constructor(output: Output, places: readonly Place[]) {
    this.#output = output;
    this.#places = places;
  }

  take(event: BatchEvent): void {
    const { place } = event;
    if (event.type === 'begun') this.#line(place, `${event.device}, MAC ${event.mac}`);
    else if (event.type === 'refused') this.#line(place, `! ${sentence(event.error)}`);
    else if (event.type === 'ended') this.#ended(place, event.entry, event.statistics);
    else this.#station(event);
  }

  /** A board is waited for. */
  waiting(place: Place): void {
    const key = keyOf(this.#places.indexOf(place));
    const enter = this.#places.length === 1 ? ' or Enter' : ', or Enter for the port that waits longest';
    this.#line(place, `put the next board in and press ${key}${enter}`);
  }

  /** A line about the whole batch. */
  note(line: string): void {
    this.#write(() => this.#output.note(printable(line)));
  }

  /** Resolves when all is written. */
  async settled(): Promise<void> {
    await this.#written;
  }

  #station({ place, event }: Extract<BatchEvent, { type: 'station' }>): void {
    if (event.type === 'press') this.#line(place, PRESS[event.button]);
    // Of a step in parts only its beginning: ports talk over each other as it is.
    if (event.type !== 'step' || this.#steps.get(place) === event.step) return;
    this.#steps.set(place, event.step);
    this.#line(place, `${(event.atMs / 1_000).toFixed(1).padStart(6)} s  ${event.step}`);
  }

  #ended(place: Place, entry: SheetEntry, statistics: BatchStatistics): void {
    this.#steps.delete(place);
    const { device, mac, outcome, failure, result } = entry;
    const how = result && `done in ${(result.durationMs / 1_000).toFixed(1)} s, audit ${result.grade}`;
    const why = failure && `${outcome}: ${failure.detail} [${failure.reason}]`;
    const line = this.#named(place, `${device}, MAC ${mac}: ${how ?? why ?? outcome}`);
    this.#write(() => this.#output.item(entry, printable(line)));
    const [speed] = statisticsLines(statistics);
    if (speed !== undefined) this.note(`    ${speed}`);
  }

  #line(place: Place, text: string): void {
    this.note(this.#named(place, text));
  }

  #named(place: Place, text: string): string {
    return `[${keyOf(this.#places.indexOf(place))}] ${place.name}: ${text}`;
  }

  #write(write: () => Promise<void>): void {
    this.#written = this.#written.then(write);
  }
}

/** How it goes, and how long each step takes. */
export function statisticsLines({
  done,
  failed,
  steps,
  unitsPerHour,
  remainingMs,
}: BatchStatistics): readonly string[] {
  const failures = failed.map(({ reason, units }) => `${units} × ${reason}`).join(', ');
  const speed = unitsPerHour === undefined ? '' : `, ${unitsPerHour.toFixed(1)} units an hour`;
  const end = remainingMs === undefined || remainingMs === 0 ? '' : `, ${minutes(remainingMs)} left`;
  return [
    `${done} done${failures === '' ? '' : `, not done: ${failures}`}${speed}${end}`,
    ...steps.map(({ step, medianMs }) => `${step.padEnd(10)} ${(medianMs / 1_000).toFixed(1)} s`),
  ];
}

function minutes(ms: number): string {
  const all = Math.ceil(ms / 60_000);
  return all < 60 ? `${all} min` : `${Math.floor(all / 60)} h ${all % 60} min`;
}

function sentence(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return code === undefined ? String(message ?? error) : `${message} [${code}]`;
}
