import { encodeRetryAfter } from '@mkiot/core/contract/retryAfter';
import { CONNACK_RETURN_CODES, type ConnackReturnCode, encodeConnack } from '@mkiot/core/mqtt/connack';
import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import type { Properties } from '@mkiot/core/mqtt/properties';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason, disconnectReasonCode } from '../closeReasons.ts';
import type { Phase, PhaseConnection } from '../connection/phase.ts';
import type { CloseReason, LoginAttempt, LoginVerdict, Principal, VerdictProperties } from '../hooks.ts';
import { OpenPhase } from '../session/openPhase.ts';
import { takeWill } from '../wills/takeWill.ts';
import { AuthenticationDialogue } from './authenticationDialogue.ts';
import {
  clientTerms,
  type ClientTerms,
  connackProperties,
  connectRefusal,
  grantedExpirySeconds,
  STRANGER_TERMS,
} from './clientTerms.ts';
import { type Refusal, sendAcceptance, sendRefusal } from './connackSender.ts';
import { type AcceptedLogin, decideLogin } from './decideLogin.ts';

/** Faults of a CONNECT that have an answer, MQTT-3.1.2-2 and MQTT-3.1.3-8. The others have none, MQTT-3.1.4-1. */
const CONNECT_FAULTS: Readonly<Record<string, ConnackReturnCode>> = {
  MQTT_PROTOCOL_LEVEL_UNSUPPORTED: CONNACK_RETURN_CODES.UNACCEPTABLE_PROTOCOL_VERSION,
  MQTT_CLIENT_ID_REJECTED: CONNACK_RETURN_CODES.IDENTIFIER_REJECTED,
};

/** A CONNECT that has no verdict yet. */
interface LoginRequest {
  readonly connect: ConnectPacket;
  readonly attempt: LoginAttempt;
  readonly epoch: number;
  /** Monotonic. */
  readonly connectedAtMs: number;
}

/** A connection whose device has not logged in: CONNECT, AUTH packets where it asks for them, the verdict, CONNACK. */
export class LoginPhase<P extends Principal> implements Phase {
  readonly #context: BridgeContext<P>;
  readonly #connection: PhaseConnection;
  /** Monotonic: the acceptance of the TCP connection, then the CONNECT. */
  #sinceMs: number;
  #client: ClientTerms = STRANGER_TERMS;
  #request: LoginRequest | undefined = undefined;
  #dialogue: AuthenticationDialogue<P> | undefined = undefined;

  /** @param acceptedAtMs when the TCP connection came, on the monotonic clock */
  constructor(context: BridgeContext<P>, connection: PhaseConnection, acceptedAtMs: number) {
    this.#context = context;
    this.#connection = connection;
    this.#sinceMs = acceptedAtMs;
  }

  /** A login is heard at all times: it adds nothing to what the domain has to store. */
  mayContinue(): boolean {
    return this.#request === undefined || this.#dialogue?.awaitsClient === true;
  }

  handle(packet: Packet): void {
    const [request, dialogue] = [this.#request, this.#dialogue];
    if (request === undefined) {
      if (packet.type === 'CONNECT') this.#login(packet);
      else this.#violated(`Its first packet was ${packet.type} instead of CONNECT.`);
    } else if (packet.type === 'AUTH' && dialogue?.isContinuedBy(packet) === true) {
      void this.#decide(request, () => dialogue.answer(packet.properties?.authenticationData));
    } else if (packet.type === 'DISCONNECT') {
      this.#connection.close(closeReason('CLIENT_DISCONNECT'));
    } else {
      this.#violated(`It sent ${packet.type} in place of the AUTH that was asked for (MQTT-4.12.0-6).`);
    }
  }

  sweep(nowMs: number): void {
    if (nowMs - this.#sinceMs < this.#context.limits.loginMs) return;
    if (this.#request === undefined) this.#connection.close(closeReason('CONNECT_TIMEOUT'));
    else this.#refuse(closeReason('LOGIN_TIMEOUT'));
  }

  broken(errorCode: string): void {
    const returnCode = this.#request === undefined ? CONNECT_FAULTS[errorCode] : undefined;
    if (returnCode === undefined) return;
    this.#connection.outgoing.send(encodeConnack({ type: 'CONNACK', sessionPresent: false, returnCode }, 4));
  }

  /** Before the CONNACK there is no DISCONNECT, MQTT 5.0, section 3.14. */
  sayWhy(): void {}

  closed(reason: CloseReason): void {
    this.#context.hooks.refused(this.#request?.attempt, this.#connection.remoteAddress, reason);
  }

  #login(connect: ConnectPacket): void {
    const { authenticationMethods, clock, directory, hooks } = this.#context;
    const { remoteAddress, tlsExporter, outgoing } = this.#connection;
    const { clientId, userName, password, properties } = connect;
    const attempt = { clientId, userName, password, remoteAddress, tlsExporter };
    const connectedAtMs = clock.monotonic();
    const request = { connect, attempt, epoch: directory.nextEpoch(), connectedAtMs };
    this.#request = request;
    this.#client = clientTerms(connect);
    this.#sinceMs = connectedAtMs;
    const method = authenticationMethods.get(properties?.authenticationMethod ?? '');
    const reasonCode = connect.protocolLevel === 5 ? connectRefusal(connect, method) : undefined;
    if (reasonCode !== undefined) {
      this.#refuseNotOffered(reasonCode);
    } else if (method === undefined) {
      void this.#decide(request, () => hooks.authenticate(attempt));
    } else {
      const dialogue = new AuthenticationDialogue(method, attempt, undefined, outgoing, this.#client);
      this.#dialogue = dialogue;
      void this.#decide(request, () => dialogue.answer(properties?.authenticationData));
    }
  }

  async #decide(request: LoginRequest, verdict: () => Promise<LoginVerdict<P> | undefined>): Promise<void> {
    const { attempt, epoch } = request;
    const decision = await decideLogin(this.#context, attempt, epoch, verdict);
    if (this.#connection.isClosed) return;
    if (decision === undefined) {
      this.#connection.resume();
    } else if (decision.accepted) {
      this.#open(decision, request);
    } else {
      const properties = verdictProperties(decision);
      this.#refuse(decision.reason, decision.isKnown ? laterPerhaps(decision.reason, properties) : { properties });
    }
  }

  #violated(detail: string): void {
    this.#connection.close(closeReason('PROTOCOL_VIOLATION', detail));
  }

  #refuse(reason: CloseReason, refusal: Refusal = {}): void {
    sendRefusal(this.#connection.outgoing, this.#client, refusal);
    this.#connection.close(reason);
  }

  /** The device is who it says, so its operator is told. */
  #refuseWill(reason: CloseReason, { deviceId }: P): void {
    this.#context.log.warn({ device: deviceId, code: reason.code }, reason.message);
    this.#refuse(reason, reason.reasonCode === undefined ? {} : { reasonCode: reason.reasonCode });
  }

  #refuseNotOffered(reasonCode: number): void {
    const reason = closeReason('NOT_OFFERED', `The reason code is 0x${reasonCode.toString(16)}.`, reasonCode);
    this.#refuse(reason, { reasonCode });
  }

  #open(login: AcceptedLogin<P>, { connect, attempt, epoch, connectedAtMs }: LoginRequest): void {
    const { hooks, keptSessions, limits } = this.#context;
    const { principal } = login;
    const maximumQoS = hooks.maximumQoS(principal);
    const connection = this.#connection;
    const client = this.#client;
    const { will, refusal } = takeWill(this.#context, connect, principal, maximumQoS);
    if (refusal !== undefined) {
      this.#refuseWill(refusal, principal);
      return;
    }
    const sessionPresent = keptSessions.isPresent(principal.key, client.isClean);
    // At protocol level 4 a CONNACK has none.
    const properties =
      client.level === 4 ? {} : { ...connackProperties(connect, limits, maximumQoS), ...verdictProperties(login) };
    if (!sendAcceptance(connection.outgoing, client, sessionPresent, properties)) {
      connection.close(closeReason('PACKET_REFUSED'));
      return;
    }
    const phase = new OpenPhase(this.#context, connection, {
      login,
      attempt,
      epoch,
      client,
      maximumQoS,
      expirySeconds: grantedExpirySeconds(client, limits),
      will,
      sessionPresent,
      authenticationMethod: connect.properties?.authenticationMethod,
      keepAliveSeconds: connect.keepAliveSeconds,
      connectedAtMs,
    });
    connection.enter(phase, limits.packetBytes);
    phase.open();
    connection.resume();
  }
}

/** What a device is told that may come in, but not now. */
function laterPerhaps(reason: CloseReason, { userProperties = [] }: Properties): Refusal {
  const { retryAfterSeconds } = reason;
  const advice = retryAfterSeconds === undefined ? [] : [encodeRetryAfter(retryAfterSeconds)];
  return {
    reasonCode: disconnectReasonCode(reason),
    properties: { userProperties: [...userProperties, ...advice] },
    returnCode: CONNACK_RETURN_CODES.SERVER_UNAVAILABLE,
  };
}

function verdictProperties({ userProperties }: VerdictProperties): Properties {
  return userProperties === undefined ? {} : { userProperties };
}
