import { batchError } from './batchErrors.ts';
import type { BatchRow } from './batchRow.ts';
import type { Outcome, SheetEntry } from './resultSheet.ts';

/** A board that has a row. */
interface Holder {
  readonly mac: string;
  readonly device: string;
  readonly outcome: Extract<Outcome, 'begun' | 'done' | 'failed'>;
  /** Why it failed, where that does not pass by itself. */
  readonly lasting: string | undefined;
  /** It is worked on in this moment. */
  readonly isBusy: boolean;
}

/**
 * Which board has which row of a job. A board keeps its row once something of it was changed, over any number of runs; no row
 * is given to two. What is asked here is answered at once, so two ports never get the same.
 */
export class RowAssignment {
  readonly #rows: readonly BatchRow[];
  readonly #retriesFailed: boolean;
  readonly #byMac = new Map<string, Holder>();
  readonly #byDevice = new Map<string, Holder>();

  /** @param history the sheet of the runs before */
  constructor(rows: readonly BatchRow[], history: readonly SheetEntry[], retriesFailed: boolean) {
    this.#rows = rows;
    this.#retriesFailed = retriesFailed;
    for (const entry of history) this.note(entry, false);
  }

  /** @throws `BATCH_ROW_EXCHANGED` where job and sheet give a row to two boards */
  checkJob(): void {
    for (const { device, mac } of this.#rows) {
      const held = this.#byDevice.get(device)?.mac;
      if (mac !== undefined && held !== undefined && held !== mac) {
        throw batchError('BATCH_ROW_EXCHANGED', { device, mac, held });
      }
    }
  }

  /**
   * The row of a board: its own, else the one that names it, else the first free one that names none.
   *
   * @throws `BATCH_UNIT_DONE`, `BATCH_UNIT_BUSY`, `BATCH_UNIT_FAILED`, `BATCH_NO_ROW`
   */
  claim(mac: string): BatchRow {
    const held = this.#byMac.get(mac);
    if (held !== undefined) this.#checkHolder(held);
    const own = held ?? this.#rows.find((row) => row.mac === mac);
    const isFree = (row: BatchRow): boolean => row.mac === undefined && !this.#byDevice.has(row.device);
    const row = own === undefined ? this.#rows.find(isFree) : this.#rows.find(({ device }) => device === own.device);
    if (row === undefined) throw batchError('BATCH_NO_ROW', { mac });
    this.#hold({ mac, device: row.device, outcome: 'begun', lasting: undefined, isBusy: true });
    return row;
  }

  /** Takes over what the sheet says of a board. @param isBusy it goes on to be worked on */
  note({ mac, device, outcome, failure }: SheetEntry, isBusy: boolean): void {
    if (outcome === 'refused' || outcome === 'given up') {
      this.#byMac.delete(mac);
      this.#byDevice.delete(device);
      return;
    }
    const lasting = failure?.canPass === false ? failure.reason : undefined;
    this.#hold({ mac, device, outcome, lasting, isBusy });
  }

  /** The device of a board that is to be given up. @throws `BATCH_NOT_HELD`, `BATCH_GIVE_UP_DONE` */
  givenUp(mac: string): string {
    const held = this.#byMac.get(mac);
    if (held === undefined) throw batchError('BATCH_NOT_HELD', { mac });
    const { device, outcome } = held;
    if (outcome === 'done') throw batchError('BATCH_GIVE_UP_DONE', { mac, device });
    return device;
  }

  /** A run before has begun something with the board. */
  wasBegun(mac: string): boolean {
    return this.#byMac.get(mac) !== undefined;
  }

  /** There are boards of which a run was cut: one of them may be closed since, and say nothing any more. */
  get hasCut(): boolean {
    return [...this.#byMac.values()].some(({ outcome, isBusy }) => outcome !== 'done' && !isBusy);
  }

  /** Rows whose unit is not done. */
  get open(): number {
    return this.#rows.filter(({ device }) => this.#byDevice.get(device)?.outcome !== 'done').length;
  }

  /** No board that may come has a row any more, and none is worked on. */
  get isOver(): boolean {
    return this.#rows.every(({ device }) => {
      const held = this.#byDevice.get(device);
      return held !== undefined && !held.isBusy && (held.outcome === 'done' || this.#isLasting(held));
    });
  }

  #hold(holder: Holder): void {
    this.#byMac.set(holder.mac, holder);
    this.#byDevice.set(holder.device, holder);
  }

  #checkHolder(held: Holder): void {
    const { mac, device, outcome, isBusy, lasting: reason } = held;
    if (isBusy) throw batchError('BATCH_UNIT_BUSY', { mac });
    if (outcome === 'done') throw batchError('BATCH_UNIT_DONE', { mac, device });
    if (this.#isLasting(held)) throw batchError('BATCH_UNIT_FAILED', { mac, device, reason });
  }

  #isLasting({ outcome, lasting }: Holder): boolean {
    return outcome === 'failed' && lasting !== undefined && !this.#retriesFailed;
  }
}
