import { MkiotError } from '@mkiot/core/errors/mkiotError';
import { CONNACK_RETURN_CODES, type ConnackReturnCode, encodeConnack } from '@mkiot/core/mqtt/connack';
import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import { encodeDisconnect } from '@mkiot/core/mqtt/disconnect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import type { Properties } from '@mkiot/core/mqtt/properties';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import type { Duplex } from 'node:stream';
import type { BridgeContext } from './bridgeContext.ts';
import { CLIENT_TERMS_4, clientTerms, type ClientTerms, connackProperties, connectRefusal } from './clientTerms.ts';
import { closeReason, disconnectReasonCode } from './closeReasons.ts';
import { DeviceSession, type SessionConnection } from './deviceSession.ts';
import type { CloseReason, LoginAttempt, Principal } from './hooks.ts';
import { type AcceptedLogin, decideLogin } from './login.ts';
import { Outgoing } from './outgoing.ts';
import { type PacketConsumer, PacketReceiver } from './packetReceiver.ts';
import { SessionTerms } from './sessionTerms.ts';

/** Faults of a CONNECT that have an answer, MQTT-3.1.2-2 and MQTT-3.1.3-8. The others have none, MQTT-3.1.4-1. */
const CONNECT_FAULTS: Readonly<Record<string, ConnackReturnCode>> = {
  MQTT_PROTOCOL_LEVEL_UNSUPPORTED: CONNACK_RETURN_CODES.UNACCEPTABLE_PROTOCOL_VERSION,
  MQTT_CLIENT_ID_REJECTED: CONNACK_RETURN_CODES.IDENTIFIER_REJECTED,
};

type Phase = 'AWAITING_CONNECT' | 'LOGGING_IN' | 'OPEN' | 'CLOSED';

/** One network connection from its acceptance to its end: first a stranger, then a session, closed exactly once. */
export class Connection<P extends Principal> implements SessionConnection, PacketConsumer {
  readonly remoteAddress: string;
  readonly outgoing: Outgoing;
  readonly #context: BridgeContext<P>;
  readonly #socket: Duplex;
  readonly #receiver: PacketReceiver;
  #phase: Phase = 'AWAITING_CONNECT';
  /** Monotonic, like `#lastPacketMs`. */
  #phaseSinceMs: number;
  #lastPacketMs = 0;
  #client: ClientTerms = CLIENT_TERMS_4;
  #attempt: LoginAttempt | undefined = undefined;
  #session: DeviceSession<P> | undefined = undefined;
  #terms: SessionTerms | undefined = undefined;
  #isAtGate = false;

  /** @param acceptedAtMs when the TCP connection came, on the monotonic clock */
  constructor(context: BridgeContext<P>, socket: Duplex, remoteAddress: string, acceptedAtMs: number) {
    this.remoteAddress = remoteAddress;
    this.#context = context;
    this.#socket = socket;
    this.#phaseSinceMs = acceptedAtMs;
    this.#receiver = new PacketReceiver(socket, this, context.limits.connectBytes);
    this.outgoing = new Outgoing(socket, context.flushQueue, () => this.#resumeIfStopped());
    socket.on('drain', () => this.#resumeIfStopped());
    socket.on('error', (error) => this.close(closeReason('CONNECTION_LOST', `${error.message}.`)));
    socket.on('close', () => this.ended());
  }

  /**
   * A packet of a session may come while there is room for its answer, and while the domain keeps up with those before
   * it. A login is heard at all times: it adds nothing to what the domain has to store.
   */
  mayContinue(): boolean {
    if (this.#session === undefined || this.#phase !== 'OPEN') return this.#phase === 'AWAITING_CONNECT';
    const { gate, limits } = this.#context;
    if (gate.isShut) {
      if (!this.#isAtGate) gate.wait(this);
      this.#isAtGate = true;
      return false;
    }
    // `#resumeIfStopped` is called when either of these has changed.
    return this.outgoing.waitingBytes < limits.outgoingBytes && this.#session.mayPublish;
  }

  /** The gate has opened. */
  resume(): void {
    this.#isAtGate = false;
    this.#receiver.resume();
  }

  handle(packet: Packet): void {
    this.#lastPacketMs = this.#context.clock.monotonic();
    if (this.#session !== undefined) this.#session.handle(packet);
    else if (packet.type === 'CONNECT') void this.#login(packet);
    else this.close(closeReason('PROTOCOL_VIOLATION', `Its first packet was ${packet.type} instead of CONNECT.`));
  }

  failed(error: unknown): void {
    if (error instanceof MkiotError && error.blame === 'peer') {
      const returnCode = this.#phase === 'AWAITING_CONNECT' ? CONNECT_FAULTS[error.code] : undefined;
      if (returnCode !== undefined) this.#sendConnack(returnCode);
      this.close(closeReason('PROTOCOL_VIOLATION', error.message, reasonCodeOf(error)));
    } else {
      this.#context.log.error({ err: error, address: this.remoteAddress }, 'the domain failed at a packet');
      this.close(closeReason('BRIDGE_FAILED'));
    }
  }

  ended(): void {
    this.close(closeReason('CONNECTION_LOST'));
  }

  close(reason: CloseReason): void {
    if (this.#phase === 'CLOSED') return;
    if (this.#phase === 'OPEN') this.#sayWhy(reason);
    this.#enter('CLOSED');
    this.#receiver.discard();
    if (!this.#socket.destroyed) this.outgoing.end();
    this.#tellEnd(reason);
    this.#attempt = undefined;
  }

  /** Looks at the time limits of the phase. */
  sweep(nowMs: number, wallClockMs: number): void {
    const { limits } = this.#context;
    const phaseMs = nowMs - this.#phaseSinceMs;
    if (this.#phase === 'AWAITING_CONNECT') {
      if (phaseMs >= limits.loginMs) this.close(closeReason('CONNECT_TIMEOUT'));
    } else if (this.#phase === 'LOGGING_IN') {
      if (phaseMs >= limits.loginMs) this.#refuse(closeReason('LOGIN_TIMEOUT'));
    } else if (this.#phase === 'OPEN') {
      this.#sweepSession(nowMs, wallClockMs);
    } else if (phaseMs >= limits.lingerMs) {
      this.#socket.destroy();
    }
  }

  #sweepSession(nowMs: number, wallClockMs: number): void {
    // While packets wait for us nobody can say that the device is silent.
    if (this.#receiver.isStopped) this.#lastPacketMs = nowMs;
    const reason = this.#terms?.brokenBy(nowMs - this.#lastPacketMs, wallClockMs);
    if (reason !== undefined) this.close(reason);
    else if (this.outgoing.stuckMs(nowMs) >= this.#context.limits.writeMs) this.close(closeReason('NOT_READING'));
  }

  async #login(packet: ConnectPacket): Promise<void> {
    const { clientId, userName, password, will } = packet;
    const { directory, log } = this.#context;
    const epoch = directory.nextEpoch();
    const attempt = { clientId, userName, password, remoteAddress: this.remoteAddress };
    this.#attempt = attempt;
    this.#client = clientTerms(packet);
    this.#enter('LOGGING_IN');
    const refusal = packet.protocolLevel === 5 ? connectRefusal(packet) : undefined;
    if (refusal !== undefined) {
      this.#refuse(closeReason('NOT_OFFERED', `The reason code is 0x${refusal.toString(16)}.`, refusal), refusal);
      return;
    }
    const decision = await decideLogin(this.#context, attempt, epoch);
    if (this.#phase !== 'LOGGING_IN') return;
    if (!('accepted' in decision)) {
      this.#refuse(decision);
      return;
    }
    const { principal } = decision;
    if (will !== undefined) log.warn({ device: principal.deviceId, session: epoch }, 'the will of a device is ignored');
    this.#open(decision, epoch, packet);
  }

  #refuse(reason: CloseReason, reasonCode: number = REASON_CODES.NOT_AUTHORIZED.code): void {
    this.#sendConnack(this.#client.level === 5 ? reasonCode : CONNACK_RETURN_CODES.NOT_AUTHORIZED);
    this.close(reason);
  }

  #open(login: AcceptedLogin<P>, epoch: number, connect: ConnectPacket): void {
    const { counts, directory, hooks, limits } = this.#context;
    if (!this.#sendConnack(CONNACK_RETURN_CODES.ACCEPTED, connackProperties(connect, limits))) {
      this.close(closeReason('PACKET_REFUSED'));
      return;
    }
    directory.get(login.principal.key)?.close(closeReason('TAKEN_OVER'));
    const session = new DeviceSession(this.#context, this, login.principal, epoch, this.#client);
    this.#session = session;
    this.#terms = new SessionTerms(login.endsAtMs, login.endReason, connect.keepAliveSeconds, limits.idleMs);
    this.#attempt = undefined;
    this.#enter('OPEN');
    directory.enter(session);
    counts.loginsAccepted++;
    try {
      hooks.opened(session);
    } catch (error) {
      this.failed(error);
    }
    this.#receiver.maxPacketBytes = limits.packetBytes;
    this.#receiver.resume();
  }

  #tellEnd(reason: CloseReason): void {
    const { counts, hooks, log } = this.#context;
    counts.connectionClosed(reason);
    try {
      if (this.#session === undefined) hooks.refused(this.#attempt, this.remoteAddress, reason.message);
      else this.#endSession(this.#session, reason);
    } catch (error) {
      log.error({ err: error, reason: reason.code }, 'the domain failed at the end of a connection');
    }
  }

  #endSession(session: DeviceSession<P>, reason: CloseReason): void {
    this.#context.directory.leave(session);
    try {
      session.ended();
    } finally {
      this.#context.hooks.closed(session, reason);
    }
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#phaseSinceMs = this.#context.clock.monotonic();
  }

  #resumeIfStopped(): void {
    if (this.#receiver.isStopped) this.#receiver.resume();
  }

  /** Goodbye with a reason is new in MQTT 5.0. Who went first is not listening. */
  #sayWhy(reason: CloseReason): void {
    if (this.#client.level === 4 || reason.by === 'CLIENT' || this.#socket.destroyed) return;
    this.outgoing.send(encodeDisconnect({ type: 'DISCONNECT', reasonCode: disconnectReasonCode(reason) }, 5));
  }

  /** Whether the client takes so long a CONNACK. At protocol level 4 there are no properties to say. */
  #sendConnack(returnCode: number, properties?: Properties): boolean {
    const { level, maximumPacketBytes } = this.#client;
    const packet = { type: 'CONNACK', sessionPresent: false, returnCode } as const;
    const bytes = encodeConnack(properties === undefined ? packet : { ...packet, properties }, level);
    const isTaken = bytes.length <= maximumPacketBytes;
    if (isTaken) this.outgoing.send(bytes);
    return isTaken;
  }
}

/** What MQTT 5.0 calls the fault of a packet. */
function reasonCodeOf({ code, context }: MkiotError): number {
  if (code === 'MQTT_PACKET_TOO_LARGE') return REASON_CODES.PACKET_TOO_LARGE.code;
  return Number(context['reasonCode'] ?? REASON_CODES.PROTOCOL_ERROR.code);
}
