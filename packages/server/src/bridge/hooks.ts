import type { Status } from '@mkiot/core/errors/status';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { Properties } from '@mkiot/core/mqtt/properties';
import type { QoS } from '@mkiot/core/mqtt/qos';
import type { DeliveryTerms } from './deliveryTerms.ts';
import type { DroppedMessage } from './keptSessionLink.ts';

/** Who is on the other end of a session, as far as the bridge has to know it. */
export interface Principal {
  /** One value a device, for ever: the numeric id. Two sessions of one key are never open at once. */
  readonly key: number;
  /** The device id that the device's topics carry. */
  readonly deviceId: string;
  /** Which of the device's keys it has logged in with: a kept session remembers it, for the domain. */
  readonly credentialId: number;
}

/** What the domain sees of an open session. It is the same object for the whole session, so it may be a map key. */
export interface Session<P extends Principal> {
  /** Whose session it is. A renewal may bring another one with the same key. */
  readonly principal: P;
  /** What its CONNECT gave. */
  readonly clientId: string;
  /** When it ends if it is not renewed: wall clock, milliseconds since 1970. */
  readonly endsAtMs: number;
  /** Grows with every session of the platform: of two sessions of a device the higher epoch is the newer one. */
  readonly epoch: number;
  readonly remoteAddress: string;
  /** Wall clock, milliseconds since 1970. */
  readonly openedAtMs: number;
  readonly protocolLevel: ProtocolLevel;
  /** What the device promised in CONNECT; 0: nothing. */
  readonly keepAliveSeconds: number;
  /** When its last packet came, whatever it was. Wall clock, milliseconds since 1970. */
  readonly lastHeardAtMs: number;
  /** The session is closed then, unless the device is heard before. Wall clock, milliseconds since 1970. */
  readonly expectedByMs: number;
  /** QoS granted to the device's own topic `kind`, or `undefined` when it is not subscribed. */
  subscriptionQos(kind: string): QoS | undefined;
  /**
   * Publishes on `/devices/{device}/{kind}[/{subfolder}]` at the granted QoS. `done(true)` is called at the PUBACK, at
   * QoS 2 at the PUBREC, or at QoS 0 when the packet has been handed to the socket; `done(false)` when the session ends
   * first or nothing could be sent: not subscribed, closed, too much unacknowledged. Called exactly once, possibly before
   * `deliver` returns. Without `terms` the message belongs to this connection, ends with it, is at QoS 1 at most, and is
   * written nowhere. With them it belongs to the session: if that is kept, the message is on disk and is sent again on the
   * next connection.
   */
  deliver(
    kind: string,
    subfolder: string,
    payload: Uint8Array,
    done: (delivered: boolean) => void,
    terms?: DeliveryTerms,
  ): void;
  /** The session goes on under these terms, whose principal has the same key. Nothing happens when it has ended. */
  renew(terms: LoginTerms<P>): void;
  /** Ends the session at once; `closed` is told `reason`. Harmless when it has ended. */
  close(reason: CloseReason): void;
}

/** Finds the open sessions: what the domain sees of the bridge's session directory. */
export interface DeviceLink<P extends Principal> {
  /** @param key the principal's key */
  session(key: number): Session<P> | undefined;
  /** All that are open. May be walked while sessions open and close. */
  sessions(): Iterable<Session<P>>;
}

/** Keying material of a TLS 1.3 connection (RFC 8446, 7.5), without context: `bytes` of them for `label`. */
export type TlsExporter = (label: string, bytes: number) => Uint8Array;

/** What a CONNECT packet brings. */
export interface LoginAttempt {
  readonly clientId: string;
  readonly userName: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly remoteAddress: string;
  /** Absent where the connection has none that both sides can rely on. */
  readonly tlsExporter?: TlsExporter | undefined;
}

/** Whose a session is, and that it may live until `endsAtMs` (wall clock). */
export interface LoginTerms<P extends Principal> {
  readonly principal: P;
  readonly endsAtMs: number;
  readonly endReason: CloseReason;
}

/** What a packet of MQTT 5.0 says beside the verdict. */
export interface VerdictProperties {
  readonly userProperties?: readonly (readonly [name: string, value: string])[];
}

/** The `reason` of a refusal is for the operator's log only. */
export type LoginVerdict<P extends Principal> = VerdictProperties &
  (({ readonly accepted: true } & LoginTerms<P>) | { readonly accepted: false; readonly reason: string });

/** A way to log in that takes more than a CONNECT: enhanced authentication, MQTT 5.0, section 4.12. */
export interface AuthenticationMethod<P extends Principal> {
  /** The Authentication Method of the CONNECT that asks for it. */
  readonly name: string;
  /** @param session what is to be renewed; `undefined` at a login */
  begin(attempt: LoginAttempt, session: Session<P> | undefined): AuthenticationExchange<P>;
}

export interface AuthenticationExchange<P extends Principal> {
  /** Takes the Authentication Data of a packet; the answer is ours for the next packet, or the verdict. */
  next(data: Uint8Array | undefined): Promise<{ readonly data: Uint8Array } | LoginVerdict<P>>;
}

/**
 * Why a session ended. The device learns nothing in MQTT 3.1.1, and a reason code in MQTT 5.0; the log and
 * `lastErrorStatus` say it all.
 */
export interface CloseReason {
  /** Stable code, `KEEP_ALIVE_EXPIRED`. */
  readonly code: string;
  readonly by: 'CLIENT' | 'SERVER';
  /** For the operator. */
  readonly message: string;
  /** What `lastErrorStatus` shows; absent when nothing went wrong. */
  readonly status?: Status;
  /** What a DISCONNECT of MQTT 5.0 says, where the bridge knows more than `status`. */
  readonly reasonCode?: number;
  /** In how many seconds the device shall come back; over MQTT 5.0 it is told. */
  readonly retryAfterSeconds?: number;
  /** Nothing is taken from the device any more, so its will is not published either. */
  readonly withdrawsWill?: true;
}

/**
 * Told the fate of published messages when it is known, once a message, synchronously or later. One object a session, so
 * that a message costs no closure; after the end of the session it acknowledges nothing.
 */
export interface PublishOutcome {
  /**
   * The message is where it was promised to be; its PUBACK, at QoS 2 its PUBREC, may go. It goes when those before it have gone, and all
   * that are accepted in one turn of the event loop leave in one write: nobody has to say when.
   *
   * @param reasonCode of MQTT 5.0, below 0x80: what the PUBACK says beside success; a PUBREC does not say it
   */
  accepted(packetId: number, reasonCode?: number): void;
  /** The message, at QoS 0 without an identifier, is not there and will not be: the connection is closed with `reason`. */
  refused(reason: CloseReason, packetId: number | undefined): void;
}

/** What came with the payload of a message; one that was not published by MQTT has nothing of it. */
export interface PublishedMessage {
  readonly qos: QoS;
  readonly properties?: Properties;
  /** The server publishes it for a device that is gone. */
  readonly isWill?: true;
}

/**
 * One row of the table that says what a device may publish. `kind` is the level after `/devices/{device}/`.
 * `payload` is a view into the receive buffer: valid only during the call, copy what is kept.
 */
export interface PublishRoute<P extends Principal> {
  readonly kind: string;
  /** A device may leave a will on it. */
  readonly takesWills?: true;
  publish(
    session: Session<P>,
    subfolder: string,
    payload: Uint8Array,
    packetId: number | undefined,
    outcome: PublishOutcome,
    message?: PublishedMessage,
  ): void;
}

/** One row of the table that says what a device may subscribe to. */
export interface SubscribeRoute<P extends Principal> {
  readonly kind: string;
  /** Who may subscribe, and up to which QoS; `undefined`: not this device. Absent: everybody, as the bridge allows. */
  grants?(principal: P): QoS | undefined;
  /** Called after the SUBACK that grants `qos` has been queued, each time the device subscribes. */
  subscribed(session: Session<P>, qos: QoS): void;
  /**
   * The device has come back to a kept session that is subscribed. `pending` are the references of the messages that are
   * sent again.
   */
  resumed?(session: Session<P>, pending: readonly number[]): void;
  /** The fate of a message with a reference that had been sent before the session was resumed; `done` is not told. */
  settled?(session: Session<P>, reference: number, delivered: boolean): void;
}

/**
 * What the domain knows of gateways: devices that speak for others (IoT Core, "Using gateways"). The bridge keeps a session
 * for each attached device, on the connection of its gateway.
 */
export interface GatewayHooks<P extends Principal> {
  isGateway(principal: P): boolean;
  /**
   * Decides whether a device may be attached to the gateway whose session this is. The terms are those of the device; its
   * session ends with the gateway's in any case. An attached device that is attached again is renewed so.
   *
   * @param payload what the gateway has published on the attach topic of the device; the callee's own
   */
  attach(gateway: Session<P>, deviceId: string, payload: Uint8Array): Promise<LoginVerdict<P>>;
}

/** What the domain says of wills, MQTT 5.0, section 3.1.2.5. */
export interface WillHooks<P extends Principal> {
  /** Whether the wills of this device are published, asked at each CONNECT; otherwise they are ignored, as at IoT Core. */
  arePublished(principal: P): boolean;
  /**
   * Who the device of a kept session is, when a will is due while it is away; `undefined`: nothing is taken from it any more.
   */
  principalOf(kept: { readonly key: number; readonly credentialId: number }): Promise<P | undefined>;
}

/** The domain behind the bridge. app.ts hands it in; the bridge imports none of it. */
export interface BridgeHooks<P extends Principal> {
  /** Decides a login without an authentication method. */
  authenticate(attempt: LoginAttempt): Promise<LoginVerdict<P>>;
  readonly authenticationMethods?: readonly AuthenticationMethod<P>[];
  /** 1, as IoT Core has it: a device that publishes at QoS 2 is closed. 2: it may, and is sent so what it asks for so. */
  maximumQoS(principal: P): 1 | 2;
  /** Why a device that has shown who it is may not open a session now: too many are there. Absent: it always may. */
  refusal?(principal: P): CloseReason | undefined;
  readonly publishRoutes: readonly PublishRoute<P>[];
  readonly subscribeRoutes: readonly SubscribeRoute<P>[];
  /** Absent: no device is a gateway. */
  readonly gateways?: GatewayHooks<P>;
  /** Absent: every will is ignored. */
  readonly wills?: WillHooks<P>;
  /** While `saturated`, no socket is read. An event log is one. */
  readonly backPressure: { readonly saturated: boolean; onDrained(callback: () => void): void };
  opened(session: Session<P>): void;
  /** Its terms have been renewed. */
  renewed(session: Session<P>): void;
  /** A PINGREQ arrived. */
  heartbeat(session: Session<P>): void;
  closed(session: Session<P>, reason: CloseReason): void;
  /** A connection ended before it had a session: refused login, garbage, time-out. */
  refused(attempt: LoginAttempt | undefined, remoteAddress: string, reason: CloseReason): void;
  /** A kept session has dropped a message that it held for the device. */
  dropped(message: DroppedMessage): void;
}
