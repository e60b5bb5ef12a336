import { type DeviceName, formatRegistryName, parseDeviceName } from '@mkiot/core/contract/resourceNames';
import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { encodeEnrolmentProof, isEnrolmentTicket } from '@mkiot/core/provisioning/enrolmentTicket';
import { isMac } from '@mkiot/core/provisioning/mac';
import { publicKeyOfPem, publicKeyPem } from '@mkiot/core/provisioning/p256PublicKey';
import { importVerifyingKey } from '../runtime/nodeCrypto.ts';
import type { TicketRecord } from './model.ts';
import type { ProvisioningParts } from './provisioningParts.ts';
import { sha256 } from './sha256.ts';
import { findTicket, useTicket } from './ticketStore.ts';
import { claimIdentity } from './unitStore.ts';

/** What a board sends to enrol itself. */
export interface PresentedTicket {
  readonly ticket: string;
  /** The whole name of the device that it is to be. */
  readonly device: string;
  readonly mac?: string | undefined;
  /** PEM, P-256. */
  readonly publicKey: string;
  readonly proof: Uint8Array;
}

/** Why a board is not let in: for the operator's log alone. */
class Refusal extends Error {}

/** Boards that enrol themselves: a ticket, used once, makes one device of a key that the board has just made. */
export class Enrolment {
  readonly #parts: ProvisioningParts;

  constructor(parts: ProvisioningParts) {
    this.#parts = parts;
  }

  /** The numeric id of the new device; undefined: refused, for a reason that the log knows. */
  async redeem(presented: PresentedTicket, remoteAddress: string): Promise<number | undefined> {
    const ticket = await this.#find(presented.ticket);
    try {
      return await this.#enrol(ticket, presented);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      this.#parts.refusals.tell(remoteAddress, `enrolment ticket: ${reason}`, ticket?.id);
      return undefined;
    }
  }

  async #find(text: string): Promise<TicketRecord | undefined> {
    return isEnrolmentTicket(text) ? findTicket(this.#parts.database.executor, sha256(text)) : undefined;
  }

  async #enrol(ticket: TicketRecord | undefined, presented: PresentedTicket): Promise<number> {
    const { devices, clock } = this.#parts;
    if (ticket === undefined) throw new Refusal('there is no such ticket');
    const name = parseDeviceName(presented.device);
    if (name === undefined) throw new Refusal('the device has no whole name');
    this.#check(ticket, name, presented);
    const pem = await this.#provenKey(presented, name);
    const credentials = [{ format: 'ES256_PEM' as const, pem, expiresAtMs: undefined }];
    const device = await devices.create(name, { credentials }, `ticket:${ticket.id}`, async (executor, created) => {
      if (!(await useTicket(executor, ticket.id, created.numId, clock.now()))) {
        throw new Refusal('the ticket was used or revoked meanwhile');
      }
      await claimIdentity(executor, created, presented.mac);
    });
    return device.numId;
  }

  #check(ticket: TicketRecord, name: DeviceName, { mac }: PresentedTicket): void {
    const { deviceId, registry } = ticket;
    if (ticket.usedAtMs !== undefined) throw new Refusal(`the ticket is used, by device ${ticket.numId}`);
    if (ticket.expiresAtMs <= this.#parts.clock.now()) throw new Refusal('the ticket has expired');
    if (formatRegistryName(name) !== formatRegistryName(registry)) {
      throw new Refusal('the ticket is for another registry');
    }
    if (deviceId !== undefined && deviceId !== name.device) throw new Refusal('the ticket is for another device id');
    if (ticket.mac !== undefined && ticket.mac !== mac) throw new Refusal('the ticket is for another MAC address');
    if (mac !== undefined && !isMac(mac)) throw new Refusal('the MAC address is none');
  }

  /** The board's key as PEM, shown to be its own. */
  async #provenKey({ publicKey, ticket, proof }: PresentedTicket, name: DeviceName): Promise<string> {
    const key = publicKeyOfPem(publicKey);
    if (key === undefined) throw new Refusal('the key is none on P-256');
    const pem = publicKeyPem(key);
    const signed = await encodeEnrolmentProof(ticket, name, this.#parts.bridgeId(), sha256);
    if (!importVerifyingKey(pem, 'ES256_PEM').verify(signed, proof)) throw new Refusal('the proof does not verify');
    return pem;
  }
}

/** Undefined: it is our own failure. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof Refusal) return error.message;
  return error instanceof MkiotError && error.blame === 'caller' ? `${error.message} [${error.code}]` : undefined;
}
