import { CONNACK_RETURN_CODES, type ConnackReturnCode, encodeConnack } from '@mkiot/core/mqtt/connack';
import type { Properties } from '@mkiot/core/mqtt/properties';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import type { Outgoing } from '../connection/outgoing.ts';
import type { ClientTerms } from './clientTerms.ts';

/** What a refusing CONNACK says. */
export interface Refusal {
  /** At protocol level 5. Default: not authorized. */
  readonly reasonCode?: number;
  readonly properties?: Properties;
  /** At protocol level 4. Default: not authorized. */
  readonly returnCode?: ConnackReturnCode;
}

/**
 * Sends the CONNACK that accepts a login; without its user properties where the client does not take so long a packet
 * (MQTT-3.2.2-20). At protocol level 4 there are no properties to say.
 *
 * @returns whether it has been sent
 */
export function sendAcceptance(
  outgoing: Outgoing,
  client: ClientTerms,
  sessionPresent: boolean,
  properties: Properties,
): boolean {
  const accepted = CONNACK_RETURN_CODES.ACCEPTED;
  if (send(outgoing, client, sessionPresent, accepted, properties)) return true;
  const { userProperties, ...needed } = properties;
  return userProperties !== undefined && send(outgoing, client, sessionPresent, accepted, needed);
}

/** Sends the CONNACK that refuses a login; without its properties where the client does not take so long a packet. */
export function sendRefusal(outgoing: Outgoing, client: ClientTerms, refusal: Refusal): void {
  const { reasonCode = REASON_CODES.NOT_AUTHORIZED.code, properties } = refusal;
  const { returnCode = CONNACK_RETURN_CODES.NOT_AUTHORIZED } = refusal;
  const code = client.level === 5 ? reasonCode : returnCode;
  const isSent = send(outgoing, client, false, code, properties);
  if (!isSent && properties !== undefined) send(outgoing, client, false, code, undefined);
}

function send(
  outgoing: Outgoing,
  { level, maximumPacketBytes }: ClientTerms,
  sessionPresent: boolean,
  returnCode: number,
  properties: Properties | undefined,
): boolean {
  const packet = { type: 'CONNACK', sessionPresent, returnCode } as const;
  const bytes = encodeConnack(properties === undefined ? packet : { ...packet, properties }, level);
  const isTaken = bytes.length <= maximumPacketBytes;
  if (isTaken) outgoing.send(bytes);
  return isTaken;
}
