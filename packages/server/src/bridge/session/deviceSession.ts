import type { DisconnectPacket } from '@mkiot/core/mqtt/disconnect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import { encodePingresp } from '@mkiot/core/mqtt/pingresp';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { QoS } from '@mkiot/core/mqtt/qos';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { DeliveryTerms } from '../deliveryTerms.ts';
import { Gateway } from '../gateway/gateway.ts';
import type { CloseReason, LoginTerms, Principal } from '../hooks.ts';
import type { MessageFate } from '../keptSessions/sessionMessage.ts';
import type { SessionState } from '../keptSessions/sessionState.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import { FAILURE } from './failure.ts';
import { IncomingAcknowledgements } from './incomingAcknowledgements.ts';
import { IncomingPublishes } from './incomingPublishes.ts';
import type { Opening } from './opening.ts';
import type { OpenSession } from './openSession.ts';
import { OutgoingMessages } from './outgoingMessages.ts';
import { PublishSender } from './publishSender.ts';
import { Reauthentication } from './reauthentication.ts';
import type { SessionTerms } from './sessionTerms.ts';
import { Subscriptions } from './subscriptions.ts';

/** The connection under a session, as far as the session has to know it. */
export interface SessionConnection {
  readonly remoteAddress: string;
  readonly outgoing: Outgoing;
  /** Goes on reading where too much was under way. */
  resume(): void;
  close(reason: CloseReason): void;
}

/** What a device may do once it has logged in: gives each packet to the part of the session that it is for. */
export class DeviceSession<P extends Principal> implements OpenSession<P> {
  readonly clientId: string;
  readonly epoch: number;
  readonly remoteAddress: string;
  readonly openedAtMs: number;
  readonly state: SessionState;
  readonly #context: BridgeContext<P>;
  readonly #connection: SessionConnection;
  readonly #client: ClientTerms;
  readonly #terms: SessionTerms;
  readonly #incoming: IncomingPublishes<P>;
  readonly #subscriptions: Subscriptions<P>;
  readonly #messages: OutgoingMessages<P>;
  readonly #acknowledgements: IncomingAcknowledgements<P>;
  readonly #reauthentication: Reauthentication<P>;
  readonly #gateway: Gateway<P> | undefined;
  #principal: P;
  #isOpen = true;

  constructor(
    context: BridgeContext<P>,
    connection: SessionConnection,
    opening: Opening<P>,
    terms: SessionTerms,
    state: SessionState,
  ) {
    const { login, attempt, epoch, client, maximumQoS } = opening;
    this.#principal = login.principal;
    this.clientId = attempt.clientId;
    this.epoch = epoch;
    this.state = state;
    this.remoteAddress = connection.remoteAddress;
    this.openedAtMs = context.clock.now();
    this.#context = context;
    this.#connection = connection;
    this.#client = client;
    this.#terms = terms;
    const { outgoing } = connection;
    const { gateways } = context.hooks;
    this.#gateway =
      gateways?.isGateway(login.principal) === true
        ? new Gateway({ context, session: this, outgoing, client }, gateways, () => connection.resume())
        : undefined;
    this.#incoming = new IncomingPublishes(context, this, outgoing, client, maximumQoS, this.#gateway);
    this.#subscriptions = new Subscriptions(context, this, outgoing, client, maximumQoS, this.#gateway);
    const sender = new PublishSender(context, login.principal.deviceId, outgoing, client);
    const inFlight = Math.min(context.limits.inFlight, client.receiveMaximum);
    this.#messages = new OutgoingMessages(context, this, sender, inFlight);
    this.#acknowledgements = new IncomingAcknowledgements(context, this, sender, this.#messages);
    this.#reauthentication = new Reauthentication(context, this, outgoing, opening);
  }

  get principal(): P {
    return this.#principal;
  }

  get endsAtMs(): number {
    return this.#terms.endsAtMs;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get protocolLevel(): ProtocolLevel {
    return this.#client.level;
  }

  get keepAliveSeconds(): number {
    return this.#terms.keepAliveSeconds;
  }

  get lastHeardAtMs(): number {
    return this.#terms.lastHeardAtMs;
  }

  get expectedByMs(): number {
    return this.#terms.expectedByMs;
  }

  /** Whether another packet of the device may be read: so few messages before it wait for their fate. */
  get mayContinue(): boolean {
    return this.#incoming.mayContinue && this.#gateway?.isDeciding !== true;
  }

  /** Does what `packet` asks for. */
  handle(packet: Packet): void {
    switch (packet.type) {
      case 'PUBLISH':
        this.#incoming.publish(packet);
        break;
      case 'PUBACK':
        this.#acknowledgements.puback(packet);
        break;
      case 'PINGREQ':
        this.#connection.outgoing.send(encodePingresp());
        this.#context.hooks.heartbeat(this);
        break;
      case 'SUBSCRIBE':
        this.#subscriptions.subscribe(packet);
        break;
      case 'UNSUBSCRIBE':
        this.#subscriptions.unsubscribe(packet);
        break;
      case 'PUBREL':
        this.#incoming.release(packet);
        break;
      case 'PUBREC':
        this.#acknowledgements.pubrec(packet);
        break;
      case 'PUBCOMP':
        this.#acknowledgements.pubcomp(packet);
        break;
      case 'DISCONNECT':
        this.#disconnected(packet);
        break;
      case 'AUTH':
        this.#reauthentication.handle(packet);
        break;
      default:
        // A second CONNECT (MQTT-3.1.0-2).
        this.close(closeReason('PROTOCOL_VIOLATION', `It sent a ${packet.type} out of place.`));
    }
  }

  subscriptionQos(kind: string): QoS | undefined {
    return this.#isOpen ? this.state.subscriptions.get(kind)?.qos : undefined;
  }

  deliver(kind: string, subfolder: string, payload: Uint8Array, done: MessageFate, terms?: DeliveryTerms): void {
    this.#messages.deliver(kind, subfolder, payload, done, terms);
  }

  /** The session was kept, and this is another connection of it. */
  resume(): void {
    this.#messages.resume();
  }

  /** Sends what could not be sent because the device did not read, and looks at what ends before the session. */
  sweep(wallClockMs: number): void {
    this.#messages.sendWaiting();
    this.#gateway?.sweep(wallClockMs);
  }

  renew({ principal, endsAtMs, endReason }: LoginTerms<P>): void {
    if (!this.#isOpen) return;
    this.#principal = principal;
    this.state.credentialId = principal.credentialId;
    this.state.save();
    this.#terms.renew(endsAtMs, endReason);
    this.#context.hooks.renewed(this);
  }

  close(reason: CloseReason): void {
    if (this.#isOpen) this.#connection.close(reason);
  }

  /** The connection is over, whoever ended it. */
  ended(reason: CloseReason): void {
    this.#isOpen = false;
    this.#gateway?.end();
    this.#messages.ended();
    this.#context.wills.disconnected(this.state, this.#principal, reason);
    this.#context.keptSessions.disconnected(this.state);
  }

  #disconnected({ properties, reasonCode = 0 }: DisconnectPacket): void {
    const expirySeconds = properties?.sessionExpiryIntervalSeconds;
    if (expirySeconds !== undefined && expirySeconds > 0 && this.#client.sessionExpirySeconds === 0) {
      this.close(
        closeReason('PROTOCOL_VIOLATION', 'Its DISCONNECT prolongs a session that CONNECT had not (3.14.2.2.2).'),
      );
    } else {
      if (expirySeconds !== undefined) {
        this.state.expirySeconds = Math.min(expirySeconds, this.#context.limits.sessionExpirySeconds);
      }
      // Who goes with another code wants it published (MQTT-3.14.4-3).
      if (reasonCode === 0) this.state.deleteWill();
      const detail = reasonCode < FAILURE ? undefined : `Its reason code is 0x${reasonCode.toString(16)}.`;
      this.close(closeReason('CLIENT_DISCONNECT', detail));
    }
  }
}
