import type { Enrolment } from '@mkiot/core/api/clientProvisioning';

/** Where a device has the ticket with which it enrols itself. It is a secret until it is used. */
export interface EnrolmentTicketStore {
  /** Undefined: there is none, or not any more. */
  load(): Promise<string | undefined>;
  /** Resolves when the ticket is gone for good. */
  forget(): Promise<void>;
}

/**
 * Brings an enrolment to the platform, and resolves with the numeric id of the new device.
 *
 * @param enrolmentFor makes it for the installation of this id: SHA-256 of its authority's key
 * @throws `ENROLMENT_REFUSED` when the platform says so, else why it could not be asked
 */
export type RedeemTicket = (
  enrolmentFor: (bridgeId: Uint8Array) => Promise<Enrolment>,
  signal: AbortSignal,
) => Promise<string>;

/** What a device needs to enrol itself. */
export interface TicketHolder {
  readonly tickets: EnrolmentTicketStore;
  readonly redeem: RedeemTicket;
  /** Its factory address; undefined: it has none. */
  readonly mac?: string | undefined;
}
