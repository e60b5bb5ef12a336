import type { ApiClient } from '@mkiot/core/api/client';
import { type RegisteredUnit, unitRefusal } from '@mkiot/core/api/clientProvisioning';
import { isServerAway } from '@mkiot/core/api/serverAway';
import { type Clock, delay } from '@mkiot/core/clock/clock';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { readSignedRecord, type SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import { collect } from '../../../collect.ts';
import type { RecordQueue } from './recordQueue.ts';

/** Runs `work` with the calls of the server that need no token. @throws as the way to the server */
export type WithPublicApi = <Result>(work: (api: ApiClient) => Promise<Result>) => Promise<Result>;

export interface RegistrarPorts {
  readonly withApi: WithPublicApi;
  readonly queue: RecordQueue;
  readonly clock: Clock;
  /** Takes what a person should know of units that are not on the bench. */
  readonly note: (line: string) => void;
}

/** A server that takes longer is away: the unit on the bench need not wait for it, and asking again is harmless. */
const ANSWER_MS = 15_000;

/** Sends records of units to the server, and keeps them while it is away. */
export class Registrar {
  readonly #withApi: WithPublicApi;
  readonly #queue: RecordQueue;
  readonly #clock: Clock;
  readonly #note: (line: string) => void;

  constructor({ withApi, queue, clock, note }: RegistrarPorts) {
    this.#withApi = withApi;
    this.#queue = queue;
    this.#clock = clock;
    this.#note = note;
  }

  /** As {@link StationPorts.register}. @throws what the server refuses the record with */
  async register(record: SignedUnitRecord): Promise<'registered' | 'queued'> {
    const answer = await this.#ask([record]);
    if (answer === undefined) {
      await this.#queue.add(record);
      return 'queued';
    }
    const [unit = { outcome: 'REFUSED' }] = answer;
    const refusal = unitRefusal(unit);
    if (refusal !== undefined) throw refusal;
    return 'registered';
  }

  /** Sends what waits from before, and tells what becomes of each unit. Whatever happens, the unit on the bench need not wait. */
  async sendWaiting(): Promise<void> {
    try {
      await this.#send();
    } catch (error) {
      if (!(error instanceof MkiotError)) throw error;
      this.#note(`What waits in ${this.#queue.path} was not sent: ${error.message} [${error.code}]`);
    }
  }

  async #send(): Promise<void> {
    const waiting = await this.#queue.waiting();
    const records = waiting.records.filter((record) => record !== undefined);
    const torn = waiting.records.length - records.length;
    if (torn > 0) this.#note(`${torn} lines of ${this.#queue.path} are cut: repeat the units of which no record came.`);
    if (records.length === 0) return;
    const answers = await this.#ask(records);
    if (answers === undefined) {
      this.#note(`${records.length} records of earlier units still wait in ${this.#queue.path}.`);
      return;
    }
    for (const [index, record] of records.entries()) this.#tell(record, answers[index]);
    await this.#queue.answered(waiting);
  }

  #tell(record: SignedUnitRecord, answer: RegisteredUnit | undefined): void {
    const unit = unitOf(record);
    const refusal = answer && unitRefusal(answer);
    if (refusal === undefined) this.#note(`${unit}, which waited, is registered.`);
    else this.#note(`${unit}, which waited, was refused: ${refusal.message} [${refusal.code}]`);
  }

  /** @returns undefined while the server is away */
  async #ask(records: readonly SignedUnitRecord[]): Promise<readonly RegisteredUnit[] | undefined> {
    const answered = new AbortController();
    const late = delay(this.#clock, ANSWER_MS, answered.signal).then(() => undefined);
    try {
      const answer = await this.#withApi((api) => Promise.race([collect(api.provisioning.register(records)), late]));
      if (answer === undefined) this.#note(`The server has not answered in ${ANSWER_MS / 1_000} s.`);
      return answer;
    } catch (error) {
      if (!isAway(error)) throw error;
      this.#note(`The server could not be asked: ${error.message}`);
      return undefined;
    } finally {
      answered.abort();
    }
  }
}

/** Away, or not known where; or nobody waits for the answer, because of Ctrl-C. */
function isAway(error: unknown): error is Error {
  if (!(error instanceof MkiotError)) return error instanceof Error && error.name === 'AbortError';
  return isServerAway(error) || error.code === 'NOT_CONNECTED';
}

function unitOf(record: SignedUnitRecord): string {
  const decoded = readSignedRecord(record);
  return decoded instanceof MkiotError ? 'A unit' : `${formatDeviceName(decoded.device)} (MAC ${decoded.mac})`;
}
