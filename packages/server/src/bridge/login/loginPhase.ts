import { CONNACK_RETURN_CODES, type ConnackReturnCode, encodeConnack } from '@mkiot/core/mqtt/connack';
import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { Phase, PhaseConnection } from '../connection/phase.ts';
import type { CloseReason, LoginAttempt, Principal } from '../hooks.ts';
import { OpenPhase } from '../session/openPhase.ts';
import { CLIENT_TERMS_4, clientTerms, type ClientTerms, connackProperties, connectRefusal } from './clientTerms.ts';
import { type Refusal, sendAcceptance, sendRefusal } from './connackSender.ts';
import { type AcceptedLogin, decideLogin } from './decideLogin.ts';

/** Faults of a CONNECT that have an answer, MQTT-3.1.2-2 and MQTT-3.1.3-8. The others have none, MQTT-3.1.4-1. */
const CONNECT_FAULTS: Readonly<Record<string, ConnackReturnCode>> = {
  MQTT_PROTOCOL_LEVEL_UNSUPPORTED: CONNACK_RETURN_CODES.UNACCEPTABLE_PROTOCOL_VERSION,
  MQTT_CLIENT_ID_REJECTED: CONNACK_RETURN_CODES.IDENTIFIER_REJECTED,
};

/** A connection whose device has not logged in: CONNECT, the verdict on it, CONNACK. */
export class LoginPhase<P extends Principal> implements Phase {
  readonly #context: BridgeContext<P>;
  readonly #connection: PhaseConnection;
  /** Monotonic: the acceptance of the TCP connection, then the CONNECT. */
  #sinceMs: number;
  #client: ClientTerms = CLIENT_TERMS_4;
  #attempt: LoginAttempt | undefined = undefined;

  /** @param acceptedAtMs when the TCP connection came, on the monotonic clock */
  constructor(context: BridgeContext<P>, connection: PhaseConnection, acceptedAtMs: number) {
    this.#context = context;
    this.#connection = connection;
    this.#sinceMs = acceptedAtMs;
  }

  /** A login is heard at all times: it adds nothing to what the domain has to store. */
  mayContinue(): boolean {
    return this.#attempt === undefined;
  }

  handle(packet: Packet): void {
    if (packet.type === 'CONNECT') void this.#login(packet);
    else
      this.#connection.close(
        closeReason('PROTOCOL_VIOLATION', `Its first packet was ${packet.type} instead of CONNECT.`),
      );
  }

  sweep(nowMs: number): void {
    if (nowMs - this.#sinceMs < this.#context.limits.loginMs) return;
    if (this.#attempt === undefined) this.#connection.close(closeReason('CONNECT_TIMEOUT'));
    else this.#refuse(closeReason('LOGIN_TIMEOUT'));
  }

  broken(errorCode: string): void {
    const returnCode = this.#attempt === undefined ? CONNECT_FAULTS[errorCode] : undefined;
    if (returnCode === undefined) return;
    this.#connection.outgoing.send(encodeConnack({ type: 'CONNACK', sessionPresent: false, returnCode }, 4));
  }

  /** Before the CONNACK there is no DISCONNECT, MQTT 5.0, section 3.14. */
  sayWhy(): void {}

  closed(reason: CloseReason): void {
    this.#context.hooks.refused(this.#attempt, this.#connection.remoteAddress, reason.message);
  }

  async #login(connect: ConnectPacket): Promise<void> {
    const { clientId, userName, password, will } = connect;
    const { clock, directory, log } = this.#context;
    const epoch = directory.nextEpoch();
    const attempt = { clientId, userName, password, remoteAddress: this.#connection.remoteAddress };
    this.#attempt = attempt;
    this.#client = clientTerms(connect);
    const connectedAtMs = clock.monotonic();
    this.#sinceMs = connectedAtMs;
    const reasonCode = connect.protocolLevel === 5 ? connectRefusal(connect) : undefined;
    if (reasonCode !== undefined) {
      this.#refuse(closeReason('NOT_OFFERED', `The reason code is 0x${reasonCode.toString(16)}.`, reasonCode), {
        reasonCode,
      });
      return;
    }
    const decision = await decideLogin(this.#context, attempt, epoch);
    if (this.#connection.isClosed) return;
    if (!('accepted' in decision)) {
      this.#refuse(decision);
      return;
    }
    const { principal } = decision;
    if (will !== undefined) log.warn({ device: principal.deviceId, session: epoch }, 'the will of a device is ignored');
    this.#open(decision, epoch, connect, connectedAtMs);
  }

  #refuse(reason: CloseReason, refusal: Refusal = {}): void {
    sendRefusal(this.#connection.outgoing, this.#client, refusal);
    this.#connection.close(reason);
  }

  #open(login: AcceptedLogin<P>, epoch: number, connect: ConnectPacket, connectedAtMs: number): void {
    const { limits } = this.#context;
    const connection = this.#connection;
    if (!sendAcceptance(connection.outgoing, this.#client, false, connackProperties(connect, limits))) {
      connection.close(closeReason('PACKET_REFUSED'));
      return;
    }
    const opening = { login, epoch, client: this.#client, keepAliveSeconds: connect.keepAliveSeconds, connectedAtMs };
    const phase = new OpenPhase(this.#context, connection, opening);
    connection.enter(phase, limits.packetBytes);
    phase.open();
    connection.resume();
  }
}
