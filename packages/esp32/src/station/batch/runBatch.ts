import { type Clock, delay } from '@mkiot/core/clock/clock';
import type { Plan } from '../../plan/plan.ts';
import type { StationEvent } from '../job.ts';
import { changesUnit } from '../stepLog.ts';
import type { Unit } from '../unit.ts';
import type { UnitResult } from '../unitResult.ts';
import { batchStatistics, type BatchStatistics } from './batchStatistics.ts';
import type { BatchRow } from './batchRow.ts';
import type { Board, BoardFeed, Place } from './boardFeed.ts';
import type { BurnConsent } from './burnConsent.ts';
import { failureOf, type Outcome, type SheetEntry, sheetResult } from './resultSheet.ts';
import type { RowAssignment } from './rowAssignment.ts';

/** A unit that is to be provisioned now. */
export interface BatchUnit {
  /** Undefined: its loader is closed, and it can only be one that is done but for its line in the sheet. */
  readonly row: BatchRow | undefined;
  readonly mac: string | undefined;
  readonly board: Board;
  readonly confirm: (unit: Unit, plan: Plan) => Promise<void>;
  readonly onProgress: (event: StationEvent) => void;
}

export interface BatchPorts {
  readonly clock: Clock;
  readonly feed: BoardFeed;
  readonly consent: BurnConsent;
  /** Takes one unit through `provisionUnit`. */
  readonly provision: (unit: BatchUnit) => Promise<UnitResult>;
  /** Writes a line of the result sheet; resolves when a cut does not undo it. */
  readonly keep: (entry: SheetEntry) => Promise<void>;
  readonly tell: (event: BatchEvent) => void;
  /** No board is begun with any more; those that are worked on come to their end. */
  readonly stop: AbortSignal;
}

export type BatchEvent =
  | { readonly type: 'begun'; readonly place: Place; readonly mac: string; readonly device: string }
  | { readonly type: 'station'; readonly place: Place; readonly event: StationEvent }
  | { readonly type: 'ended'; readonly place: Place; readonly entry: SheetEntry; readonly statistics: BatchStatistics }
  /** A board of which nothing is in the sheet, or a place without one. */
  | { readonly type: 'refused'; readonly place: Place; readonly error: unknown };

/** Before a place in trouble is tried again. */
const TROUBLE_MS = 2_000;

/**
 * Provisions the units of a job, in each place one after the other and in all places at once, until each row is done or can
 * not be. What is in the sheet outlives a cut: another run goes on from there.
 *
 * @throws `BATCH_ROW_EXCHANGED`, and what `keep` throws: without its sheet a batch does not go on
 */
export async function runBatch(
  places: readonly Place[],
  assignment: RowAssignment,
  ports: BatchPorts,
): Promise<BatchStatistics> {
  assignment.checkJob();
  const batch = new Batch(assignment, ports);
  await Promise.all(places.map((place) => batch.work(place)));
  return batch.statistics;
}

class Batch {
  readonly #assignment: RowAssignment;
  readonly #ports: BatchPorts;
  readonly #over = new AbortController();
  readonly #results: UnitResult[] = [];
  readonly #failures: string[] = [];
  #startedMs: number | undefined;

  constructor(assignment: RowAssignment, ports: BatchPorts) {
    this.#assignment = assignment;
    this.#ports = ports;
  }

  get statistics(): BatchStatistics {
    const nowMs = this.#ports.clock.monotonic();
    const elapsedMs = nowMs - (this.#startedMs ?? nowMs);
    return batchStatistics(this.#results, this.#failures, this.#assignment.open, elapsedMs);
  }

  async work(place: Place): Promise<void> {
    const { feed, clock, tell } = this.#ports;
    const stop = AbortSignal.any([this.#ports.stop, this.#over.signal]);
    let last: string | undefined;
    try {
      while (!this.#assignment.isOver && !stop.aborted) {
        let board: Board | undefined;
        try {
          board = await feed.next(place, last, stop);
        } catch (error) {
          tell({ type: 'refused', place, error });
          await delay(clock, TROUBLE_MS, stop);
          continue;
        }
        if (board === undefined) break;
        await using _serial = board.serial;
        last = await this.#workOn(board, place);
      }
    } catch (error) {
      // The other places end with the units that they have.
      this.#over.abort();
      throw error;
    }
  }

  /** @returns the address of the board, as far as it is known */
  async #workOn(board: Board, place: Place): Promise<string | undefined> {
    const { mac } = board;
    if (mac === undefined) return this.#workOnClosed(board, place);
    const wasBegun = this.#assignment.wasBegun(mac);
    let row: BatchRow;
    try {
      row = this.#assignment.claim(mac);
    } catch (error) {
      this.#ports.tell({ type: 'refused', place, error });
      return mac;
    }
    const { device } = row;
    this.#startedMs ??= this.#ports.clock.monotonic();
    await this.#keep({ outcome: 'begun', device, mac }, place, true);
    this.#ports.tell({ type: 'begun', place, mac, device });
    let isChanged = wasBegun;
    const onProgress = (event: StationEvent): void => {
      if (event.type === 'step' && changesUnit(event.step)) isChanged = true;
      this.#ports.tell({ type: 'station', place, event });
    };
    const confirm = (unit: Unit, plan: Plan): Promise<void> =>
      this.#ports.consent.confirm(unit, plan, this.#assignment.open, wasBegun);
    const ended = await this.#ports.provision({ row, mac, board, confirm, onProgress }).then(
      (result) => ({ result, failure: undefined }),
      (error: unknown) => ({ result: undefined, failure: failureOf(error) }),
    );
    if (ended.failure === undefined) await this.#done(ended.result, device, place);
    else {
      this.#failures.push(ended.failure.reason);
      await this.#end({ outcome: isChanged ? 'failed' : 'refused', device, mac, failure: ended.failure }, place);
    }
    return mac;
  }

  /** A run may have been cut between the last burn, which closes the loader, and the line in the sheet. */
  async #workOnClosed(board: Board, place: Place): Promise<string | undefined> {
    const { tell, provision } = this.#ports;
    const onProgress = (event: StationEvent): void => tell({ type: 'station', place, event });
    const confirm = (): Promise<void> => Promise.reject(board.refusal);
    let result: UnitResult;
    let device: string;
    try {
      if (!this.#assignment.hasCut) throw board.refusal;
      result = await provision({ row: undefined, mac: undefined, board, confirm, onProgress });
      // A book may be of several jobs: what was done in another one takes no row here.
      if (!this.#assignment.wasBegun(result.mac)) throw board.refusal;
      ({ device } = this.#assignment.claim(result.mac));
    } catch (error) {
      tell({ type: 'refused', place, error });
      return undefined;
    }
    await this.#done(result, device, place);
    return result.mac;
  }

  async #done(result: UnitResult, device: string, place: Place): Promise<void> {
    this.#results.push(result);
    await this.#end({ outcome: 'done', device, mac: result.mac, result: sheetResult(result) }, place);
  }

  async #end(fields: EntryFields, place: Place): Promise<void> {
    const entry = await this.#keep(fields, place, false);
    this.#ports.tell({ type: 'ended', place, entry, statistics: this.statistics });
    if (this.#assignment.isOver) this.#over.abort();
  }

  async #keep(fields: EntryFields, { name: port }: Place, isBusy: boolean): Promise<SheetEntry> {
    const entry: SheetEntry = { timeMs: this.#ports.clock.now(), port, ...fields };
    await this.#ports.keep(entry);
    this.#assignment.note(entry, isBusy);
    return entry;
  }
}

type EntryFields = { readonly outcome: Outcome } & Omit<SheetEntry, 'timeMs' | 'port' | 'outcome'>;
