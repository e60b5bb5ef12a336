import type { ApiClient } from '@mkiot/core/api/client';
import type { RegisteredUnit } from '@mkiot/core/api/clientProvisioning';
import { base64Decode } from '@mkiot/core/bytes/base64';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import type { SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import { decodeUnitRecord } from '@mkiot/core/provisioning/unitRecord';
import { collect } from '../../../collect.ts';
import type { RecordQueue } from './recordQueue.ts';

/** Runs `work` with the calls of the server that need no token. @throws as the way to the server */
export type WithPublicApi = <Result>(work: (api: ApiClient) => Promise<Result>) => Promise<Result>;

/** Sends records of units to the server, and keeps them while it is away. */
export class Registrar {
  readonly #withApi: WithPublicApi;
  readonly #queue: RecordQueue;
  readonly #note: (line: string) => void;

  /** @param note takes what a person should know of units that are not on the bench */
  constructor(withApi: WithPublicApi, queue: RecordQueue, note: (line: string) => void) {
    this.#withApi = withApi;
    this.#queue = queue;
    this.#note = note;
  }

  /** As {@link StationPorts.register}. @throws what the server refuses the record with */
  async register(record: SignedUnitRecord): Promise<'registered' | 'queued'> {
    const answer = await this.#ask([record]);
    if (answer === undefined) {
      await this.#queue.add(record);
      return 'queued';
    }
    const [unit] = answer;
    if (unit !== undefined && unit.outcome !== 'REFUSED') return 'registered';
    const { code = 'UNKNOWN', message = 'The server gave no reason.' } = unit ?? {};
    throw new MkiotError(code, { status: 'FAILED_PRECONDITION', blame: 'caller', message });
  }

  /** Sends what waits from before, and tells of each unit that the server refuses. */
  async sendWaiting(): Promise<void> {
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
    if (answer?.outcome !== 'REFUSED') this.#note(`${unit}, which waited, is registered.`);
    else this.#note(`${unit}, which waited, was refused: ${answer.message ?? ''} [${answer.code ?? 'UNKNOWN'}]`);
  }

  /** @returns undefined while the server is away */
  async #ask(records: readonly SignedUnitRecord[]): Promise<readonly RegisteredUnit[] | undefined> {
    try {
      return await this.#withApi((api) => collect(api.provisioning.register(records)));
    } catch (error) {
      if (!isAway(error)) throw error;
      this.#note(`The server could not be asked: ${error.message}`);
      return undefined;
    }
  }
}

/** Not there, or there and not able to answer. */
function isAway(error: unknown): error is MkiotError {
  if (!(error instanceof MkiotError)) return false;
  return error.status === 'UNAVAILABLE' || error.blame === 'peer' || error.code === 'NOT_CONNECTED';
}

function unitOf({ record }: SignedUnitRecord): string {
  const decoded = decodeUnitRecord(base64Decode(record) ?? new Uint8Array());
  return decoded instanceof MkiotError ? 'A unit' : `${formatDeviceName(decoded.device)} (MAC ${decoded.mac})`;
}
