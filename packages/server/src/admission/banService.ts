import type { AuditTrail } from '../auditTrail/auditTrail.ts';
import type { Database } from '../store/database.ts';
import { admissionError } from './admissionErrors.ts';
import type { Ban, Bans } from './bans.ts';

export interface BanServiceParts {
  readonly bans: Bans;
  readonly database: Database;
  readonly auditTrail: AuditTrail;
  readonly project: string;
}

/** What an operator sees and does of bans. */
export class BanService {
  readonly #parts: BanServiceParts;

  constructor(parts: BanServiceParts) {
    this.#parts = parts;
  }

  /** Those that hold now. */
  list(): readonly Ban[] {
    return this.#parts.bans.list();
  }

  /**
   * Lets an address in again, with an entry in the audit trail.
   *
   * @param address as it is listed, or any of a listed network
   * @throws `BAN_NOT_FOUND`
   */
  async lift(address: string, principal: string): Promise<void> {
    const { bans, database, auditTrail, project } = this.#parts;
    const ban = bans.find(address);
    if (ban === undefined) throw admissionError('BAN_NOT_FOUND', { address });
    const { network, ...before } = ban;
    const resource = `projects/${project}/bans/${network}`;
    await database.transaction((executor) =>
      auditTrail.record(executor, { principal, action: 'liftBan', resource, before }),
    );
    bans.lift(network);
  }
}
