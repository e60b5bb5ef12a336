import type { DisconnectPacket } from '@mkiot/core/mqtt/disconnect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import { encodePingresp } from '@mkiot/core/mqtt/pingresp';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { CloseReason, LoginTerms, Principal, Session } from '../hooks.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import { FAILURE } from './failure.ts';
import { IncomingPublishes } from './incomingPublishes.ts';
import type { Opening } from './opening.ts';
import { OutgoingMessages } from './outgoingMessages.ts';
import { Reauthentication } from './reauthentication.ts';
import type { SessionTerms } from './sessionTerms.ts';
import { Subscriptions } from './subscriptions.ts';

/** The connection under a session, as far as the session has to know it. */
export interface SessionConnection {
  readonly remoteAddress: string;
  readonly outgoing: Outgoing;
  close(reason: CloseReason): void;
}

/** What a device may do once it has logged in: gives each packet to the part of the session that it is for. */
export class DeviceSession<P extends Principal> implements Session<P> {
  readonly clientId: string;
  readonly epoch: number;
  readonly remoteAddress: string;
  readonly openedAtMs: number;
  readonly #context: BridgeContext<P>;
  readonly #connection: SessionConnection;
  readonly #client: ClientTerms;
  readonly #terms: SessionTerms;
  readonly #incoming: IncomingPublishes<P>;
  readonly #subscriptions: Subscriptions<P>;
  readonly #messages: OutgoingMessages<P>;
  readonly #reauthentication: Reauthentication<P>;
  #principal: P;
  #isOpen = true;

  constructor(context: BridgeContext<P>, connection: SessionConnection, opening: Opening<P>, terms: SessionTerms) {
    const { login, attempt, epoch, client } = opening;
    this.#principal = login.principal;
    this.clientId = attempt.clientId;
    this.epoch = epoch;
    this.remoteAddress = connection.remoteAddress;
    this.openedAtMs = context.clock.now();
    this.#context = context;
    this.#connection = connection;
    this.#client = client;
    this.#terms = terms;
    this.#incoming = new IncomingPublishes(context, this, connection.outgoing, client);
    this.#subscriptions = new Subscriptions(context, this, connection.outgoing, client);
    this.#messages = new OutgoingMessages(context, this, connection.outgoing, client);
    this.#reauthentication = new Reauthentication(context, this, connection.outgoing, opening);
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

  /** Whether another message of the device may be read: so few of those before it wait for their fate. */
  get mayPublish(): boolean {
    return this.#incoming.mayContinue;
  }

  /** Does what `packet` asks for. */
  handle(packet: Packet): void {
    switch (packet.type) {
      case 'PUBLISH':
        this.#incoming.publish(packet);
        break;
      case 'PUBACK':
        this.#messages.acknowledged(packet);
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
        this.#messages.received(packet);
        break;
      case 'PUBCOMP':
        this.#messages.completed(packet);
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

  subscriptionQos(kind: string): 0 | 1 | undefined {
    return this.#subscriptions.get(kind)?.qos;
  }

  deliver(kind: string, subfolder: string, payload: Uint8Array, done: (delivered: boolean) => void): void {
    this.#messages.deliver(this.#subscriptions.get(kind), kind, subfolder, payload, done);
  }

  renew({ principal, endsAtMs, endReason }: LoginTerms<P>): void {
    if (!this.#isOpen) return;
    this.#principal = principal;
    this.#terms.renew(endsAtMs, endReason);
    this.#context.hooks.renewed(this);
  }

  close(reason: CloseReason): void {
    if (this.#isOpen) this.#connection.close(reason);
  }

  /** The connection is over, whoever ended it. */
  ended(): void {
    this.#isOpen = false;
    this.#subscriptions.clear();
    this.#messages.abandon();
  }

  #disconnected({ properties, reasonCode = 0 }: DisconnectPacket): void {
    const wantsSessionKept = (properties?.sessionExpiryIntervalSeconds ?? 0) > 0;
    if (wantsSessionKept && !this.#client.wantsSessionKept) {
      this.close(
        closeReason('PROTOCOL_VIOLATION', 'Its DISCONNECT prolongs a session that CONNECT had not (3.14.2.2.2).'),
      );
    } else {
      const detail = reasonCode < FAILURE ? undefined : `Its reason code is 0x${reasonCode.toString(16)}.`;
      this.close(closeReason('CLIENT_DISCONNECT', detail));
    }
  }
}
