import { type ProvisioningClient, type RegisteredUnit, unitRefusal } from '@mkiot/core/api/clientProvisioning';
import { isServerAway } from '@mkiot/core/api/serverAway';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { readSignedRecord, type SignedUnitRecord } from '@mkiot/core/provisioning/signedUnitRecord';
import type { StationDatabase } from './stationDatabase.ts';

/** A signed record that the server has not taken. */
export interface WaitingRecord {
  readonly signed: SignedUnitRecord;
  readonly mac: string;
  readonly device: string;
  /** Why the server does not take it; undefined: it has not been asked, or was away. */
  readonly refusal: { readonly code: string; readonly message: string } | undefined;
}

/** Records of units until the server has them. Each is kept before it is sent, so that none is lost in between. */
export class RecordQueue {
  readonly #database: StationDatabase;
  readonly #api: ProvisioningClient;
  readonly #onChange: () => void;

  /** @param onChange told when something was kept, sent or refused */
  constructor(database: StationDatabase, api: ProvisioningClient, onChange: () => void) {
    this.#database = database;
    this.#api = api;
    this.#onChange = onChange;
  }

  /** In no order. */
  async list(): Promise<readonly WaitingRecord[]> {
    return [...(await this.#database.all<WaitingRecord>('records')).values()];
  }

  /**
   * Sends a record, and keeps it while the server is away.
   *
   * @throws what the server refuses it with; it stays in the queue, for people to see
   */
  async register(signed: SignedUnitRecord): Promise<'registered' | 'queued'> {
    const record = waiting(signed);
    await this.#keep(record);
    return this.#send(record);
  }

  /** Sends what waits, until the server is away. */
  async sendAll(): Promise<void> {
    for (const record of await this.list()) {
      if (record.refusal !== undefined) continue;
      try {
        if ((await this.#send(record)) === 'queued') return;
      } catch (error) {
        // It stands beside its record.
        if (!(error instanceof MkiotError)) throw error;
      }
    }
  }

  async delete({ signed }: WaitingRecord): Promise<void> {
    await this.#database.delete('records', signed.signature);
    this.#onChange();
  }

  async #send(record: WaitingRecord): Promise<'registered' | 'queued'> {
    const answer = await this.#ask(record.signed);
    if (answer === undefined) return 'queued';
    const refusal = unitRefusal(answer);
    if (refusal !== undefined) {
      const { code, message } = refusal;
      await this.#keep({ ...record, refusal: { code, message } });
      throw refusal;
    }
    await this.delete(record);
    return 'registered';
  }

  /** @returns undefined while the server is away */
  async #ask(signed: SignedUnitRecord): Promise<RegisteredUnit | undefined> {
    try {
      const { value } = await this.#api.register([signed]).next();
      return value ?? undefined;
    } catch (error) {
      if (isServerAway(error)) return undefined;
      throw error;
    }
  }

  async #keep(record: WaitingRecord): Promise<void> {
    await this.#database.keep('records', record.signed.signature, record);
    this.#onChange();
  }
}

/** The lines that `mkiot station register` takes. */
export function queueText(records: readonly WaitingRecord[]): string {
  return records.map(({ signed }) => `${JSON.stringify(signed)}\n`).join('');
}

/** @throws `UNIT_RECORD_…` */
function waiting(signed: SignedUnitRecord): WaitingRecord {
  const record = readSignedRecord(signed);
  if (record instanceof MkiotError) throw record;
  return { signed, mac: record.mac, device: formatDeviceName(record.device), refusal: undefined };
}
