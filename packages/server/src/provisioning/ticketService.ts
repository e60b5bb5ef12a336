import { toHex } from '@mkiot/core/bytes/bytes';
import { isResourceId } from '@mkiot/core/contract/ids';
import { formatRegistryName, type RegistryName } from '@mkiot/core/contract/resourceNames';
import { ENROLMENT_TICKET_BYTES, formatEnrolmentTicket } from '@mkiot/core/provisioning/enrolmentTicket';
import { isMac } from '@mkiot/core/provisioning/mac';
import type { Caller } from '../http/apiRoute.ts';
import type { Page, PageRequest } from '../registry/page.ts';
import { requireRegistry } from '../registry/registryService.ts';
import type { TicketRecord } from './model.ts';
import { pageByCreation } from './creationPage.ts';
import { provisioningError } from './provisioningErrors.ts';
import { checkEnd, type ProvisioningParts } from './provisioningParts.ts';
import { sha256 } from './sha256.ts';
import * as store from './ticketStore.ts';

const ID_BYTES = 8;

/** What is said of tickets that are to be made. */
export interface NewTickets extends Partial<Pick<TicketRecord, 'deviceId' | 'mac'>> {
  readonly count: number;
  readonly expiresAtMs: number;
}

/** A ticket with its text, which nobody will see again. */
export interface IssuedTicket {
  readonly record: TicketRecord;
  readonly text: string;
}

/** Tickets for boards that enrol themselves: made before the board has a key, each good for one device. */
export class TicketService {
  readonly #parts: ProvisioningParts;

  constructor(parts: ProvisioningParts) {
    this.#parts = parts;
  }

  /** @throws `REGISTRY_NOT_FOUND`, `PROVISIONING_…`, `TICKET_BINDING_UNFIT` */
  async create(parent: RegistryName, given: NewTickets, caller: Caller): Promise<readonly IssuedTicket[]> {
    const { database, auditTrail, clock } = this.#parts;
    const { count, expiresAtMs, deviceId, mac } = given;
    const createdAtMs = clock.now();
    checkEnd('ticket', expiresAtMs, createdAtMs, caller);
    checkBinding(given);
    return database.transaction(async (executor) => {
      const registry = await requireRegistry(executor, parent);
      const issued: IssuedTicket[] = [];
      for (let made = 0; made < count; made++) {
        const id = toHex(this.#random(ID_BYTES));
        const text = formatEnrolmentTicket(this.#random(ENROLMENT_TICKET_BYTES));
        const use = { usedAtMs: undefined, numId: undefined };
        const record = { id, registry: parent, deviceId, mac, createdAtMs, expiresAtMs, ...use };
        await store.insertTicket(executor, registry.key, record, sha256(text));
        issued.push({ record, text });
      }
      await auditTrail.record(executor, {
        principal: caller.principal,
        action: 'createEnrolmentTickets',
        resource: `${formatRegistryName(parent)}/enrolmentTickets`,
        after: { ids: issued.map(({ record }) => record.id), expiresAtMs, deviceId, mac },
      });
      return issued;
    });
  }

  /** @throws `REGISTRY_NOT_FOUND`, `PAGE_TOKEN_MALFORMED` */
  async list(parent: RegistryName, page: PageRequest): Promise<Page<TicketRecord>> {
    const { executor } = this.#parts.database;
    const registry = await requireRegistry(executor, parent);
    return pageByCreation(page, (after, limit) => store.listTickets(executor, registry, after, limit));
  }

  /** Makes an unused ticket worthless. @throws `REGISTRY_NOT_FOUND`, `TICKET_NOT_FOUND`, `TICKET_USED` */
  async revoke(parent: RegistryName, id: string, principal: string): Promise<void> {
    const { database, auditTrail } = this.#parts;
    await database.transaction(async (executor) => {
      await requireRegistry(executor, parent);
      const ticket = await store.findTicketById(executor, id);
      if (ticket === undefined || formatRegistryName(ticket.registry) !== formatRegistryName(parent)) {
        throw provisioningError('TICKET_NOT_FOUND', { ticket: id });
      }
      if (ticket.usedAtMs !== undefined) throw provisioningError('TICKET_USED', { ticket: id, numId: ticket.numId });
      await store.deleteTicket(executor, id);
      const { expiresAtMs, deviceId, mac } = ticket;
      const resource = `${formatRegistryName(parent)}/enrolmentTickets/${id}`;
      const before = { expiresAtMs, deviceId, mac };
      await auditTrail.record(executor, { principal, action: 'revokeEnrolmentTicket', resource, before });
    });
  }

  #random(bytes: number): Uint8Array {
    return this.#parts.randomFill(new Uint8Array(bytes));
  }
}

function checkBinding({ count, deviceId, mac }: NewTickets): void {
  const isBound = deviceId !== undefined || mac !== undefined;
  const isFit = (deviceId === undefined || isResourceId(deviceId)) && (mac === undefined || isMac(mac));
  if (!isFit || (isBound && count !== 1)) throw provisioningError('TICKET_BINDING_UNFIT');
}
