// MQTT 5.0, section 4.12.1: re-authentication.
import { type AuthPacket, encodeAuth } from '@mkiot/core/mqtt/auth';
import type { Properties } from '@mkiot/core/mqtt/properties';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { LoginVerdict, Principal, Session } from '../hooks.ts';
import { AuthenticationDialogue } from '../login/authenticationDialogue.ts';
import type { Opening } from './opening.ts';

/** Renews a session by AUTH packets, with the method that it was opened with (MQTT-4.12.1-1). */
export class Reauthentication<P extends Principal> {
  readonly #context: BridgeContext<P>;
  readonly #session: Session<P>;
  readonly #outgoing: Outgoing;
  readonly #opening: Opening<P>;
  #dialogue: AuthenticationDialogue<P> | undefined = undefined;

  constructor(context: BridgeContext<P>, session: Session<P>, outgoing: Outgoing, opening: Opening<P>) {
    this.#context = context;
    this.#session = session;
    this.#outgoing = outgoing;
    this.#opening = opening;
  }

  /** Everything else goes on meanwhile. A renewal that fails ends the session (MQTT-4.12.1-2). */
  handle(packet: AuthPacket): void {
    const { authenticationMethod, authenticationData } = packet.properties ?? {};
    const { attempt, client, authenticationMethod: openedWith } = this.#opening;
    const method = this.#context.authenticationMethods.get(openedWith ?? '');
    const isBegun = packet.reasonCode === REASON_CODES.RE_AUTHENTICATE.code && this.#dialogue === undefined;
    if (method !== undefined && isBegun && authenticationMethod === openedWith) {
      this.#dialogue = new AuthenticationDialogue(method, attempt, this.#session, this.#outgoing, client);
    } else if (this.#dialogue?.isContinuedBy(packet) !== true) {
      this.#session.close(closeReason('PROTOCOL_VIOLATION', 'It sent an AUTH out of place.'));
      return;
    }
    void this.#answer(this.#dialogue, authenticationData);
  }

  async #answer(dialogue: AuthenticationDialogue<P>, data: Uint8Array | undefined): Promise<void> {
    try {
      const verdict = await dialogue.answer(data);
      if (verdict !== undefined) this.#decided(dialogue, verdict);
    } catch (error) {
      this.#context.log.error({ err: error, session: this.#session.epoch }, 'deciding a renewal failed');
      this.#session.close(closeReason('BRIDGE_FAILED'));
    }
  }

  #decided(dialogue: AuthenticationDialogue<P>, verdict: LoginVerdict<P>): void {
    this.#dialogue = undefined;
    if (!verdict.accepted) {
      this.#session.close(closeReason('RENEWAL_REFUSED', verdict.reason));
      return;
    }
    this.#session.renew(verdict);
    const { userProperties } = verdict;
    const bare: Properties = { authenticationMethod: dialogue.method };
    const said = userProperties === undefined ? bare : { ...bare, userProperties };
    // User properties must not make the packet longer than the client takes (section 3.15.2.2.5).
    if (!this.#send(said)) this.#send(bare);
  }

  #send(properties: Properties): boolean {
    const bytes = encodeAuth({ type: 'AUTH', reasonCode: REASON_CODES.SUCCESS.code, properties });
    const isTaken = bytes.length <= this.#opening.client.maximumPacketBytes;
    if (isTaken) this.#outgoing.send(bytes);
    return isTaken;
  }
}
