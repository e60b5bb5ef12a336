// docs/protocol.md, "The next-nonce ticket".
import { utf8Encode } from '@mkiot/core/bytes/bytes';
import { encodeNonce } from '@mkiot/core/deviceLogin/nonce';
import type { Logger } from 'pino';
import type { Session, SubscribeRoute } from '../../bridge/hooks.ts';
import type { DevicePrincipal } from '../../registry/model.ts';
import type { Tickets } from './tickets.ts';

/** Gives devices on `/devices/{device}/nonce` the ticket of their next login: at each subscription and renewal. */
export class TicketTopic implements SubscribeRoute<DevicePrincipal> {
  readonly kind = 'nonce';
  readonly #tickets: Tickets;
  readonly #logger: Pick<Logger, 'error'>;
  /** Sessions that are being given a ticket, and whether they are to be given another one then. */
  readonly #underWay = new WeakMap<Session<DevicePrincipal>, { isAskedAgain: boolean }>();

  constructor(tickets: Tickets, logger: Pick<Logger, 'error'>) {
    this.#tickets = tickets;
    this.#logger = logger;
  }

  subscribed(session: Session<DevicePrincipal>): void {
    this.renewed(session);
  }

  /** A device that comes back to a kept session does not subscribe again. */
  resumed(session: Session<DevicePrincipal>): void {
    this.renewed(session);
  }

  renewed(session: Session<DevicePrincipal>): void {
    const underWay = this.#underWay.get(session);
    if (underWay === undefined) void this.#give(session);
    else underWay.isAskedAgain = true;
  }

  /** Only a PUBACK is an acknowledgement; who has subscribed at QoS 0 acknowledges a ticket by its use. */
  async #give(session: Session<DevicePrincipal>): Promise<void> {
    const { key: numId } = session.principal;
    const underWay = { isAskedAgain: false };
    this.#underWay.set(session, underWay);
    let isTaken = false;
    try {
      const ticket = await this.#tickets.next(numId);
      const isAcknowledged = (session.subscriptionQos(this.kind) ?? 0) > 0;
      isTaken = await delivered(session, utf8Encode(encodeNonce(ticket.bytes)));
      if (isTaken && isAcknowledged) await this.#tickets.acknowledge(numId, ticket);
    } catch (error) {
      isTaken = false;
      this.#logger.error(
        { deviceNumId: numId, err: error },
        'a device could not be given a ticket; the one it has stays',
      );
    }
    this.#underWay.delete(session);
    if (isTaken && underWay.isAskedAgain) void this.#give(session);
  }
}

function delivered(session: Session<DevicePrincipal>, payload: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    session.deliver('nonce', '', payload, resolve);
  });
}
