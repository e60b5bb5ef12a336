import { encodeRetryAfter } from '@mkiot/core/contract/retryAfter';
import { encodeDisconnect } from '@mkiot/core/mqtt/disconnect';
import type { Packet } from '@mkiot/core/mqtt/packet';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason, disconnectReasonCode } from '../closeReasons.ts';
import type { Phase, PhaseConnection } from '../connection/phase.ts';
import type { Resumable } from '../connection/readGate.ts';
import type { CloseReason, Principal } from '../hooks.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import { DeviceSession } from './deviceSession.ts';
import type { Opening } from './opening.ts';
import { SessionTerms } from './sessionTerms.ts';

/**
 * A connection whose device has logged in, in place of any earlier one: reads for its session, and ends it when its time
 * is over.
 */
export class OpenPhase<P extends Principal> implements Phase, Resumable {
  readonly #context: BridgeContext<P>;
  readonly #connection: PhaseConnection;
  readonly #client: ClientTerms;
  readonly #session: DeviceSession<P>;
  readonly #terms: SessionTerms;
  readonly #isResumed: boolean;
  #isAtGate = false;

  constructor(context: BridgeContext<P>, connection: PhaseConnection, opening: Opening<P>) {
    const { login, client, expirySeconds, will, keepAliveSeconds, connectedAtMs } = opening;
    const { principal, endsAtMs, endReason } = login;
    // Its end gives the session back, if it is kept, with all that the device has not acknowledged.
    context.directory.get(principal.key)?.close(closeReason('TAKEN_OVER'));
    const { keptSessions, wills } = context;
    const kept = keptSessions.get(principal.key);
    if (kept !== undefined) wills.connecting(kept, principal, keptSessions.isPresent(principal.key, client.isClean));
    const state = keptSessions.begin(principal, client.isClean, expirySeconds, will);
    this.#context = context;
    this.#connection = connection;
    const { clock, limits } = context;
    const { idleMs } = limits;
    this.#client = client;
    this.#terms = new SessionTerms({ clock, endsAtMs, endReason, keepAliveSeconds, idleMs, connectedAtMs });
    this.#session = new DeviceSession(context, connection, opening, this.#terms, state);
    this.#isResumed = opening.sessionPresent;
  }

  /** The domain learns of the session, and the device gets what it has not acknowledged. */
  open(): void {
    const { counts, directory, hooks } = this.#context;
    directory.enter(this.#session);
    counts.loginsAccepted++;
    try {
      hooks.opened(this.#session);
      if (this.#isResumed) this.#session.resume();
    } catch (error) {
      this.#connection.failed(error);
    }
  }

  /** A packet may come while there is room for its answer, and while the domain keeps up with those before it. */
  mayContinue(): boolean {
    const { gate, limits } = this.#context;
    if (gate.isShut) {
      if (!this.#isAtGate) gate.wait(this);
      this.#isAtGate = true;
      return false;
    }
    // The connection asks again when either of these has changed.
    return this.#connection.outgoing.waitingBytes < limits.outgoingBytes && this.#session.mayContinue;
  }

  /** The gate has opened. */
  resume(): void {
    this.#isAtGate = false;
    this.#connection.resume();
  }

  handle(packet: Packet): void {
    this.#terms.heard();
    this.#session.handle(packet);
  }

  sweep(nowMs: number, wallClockMs: number): void {
    if (this.#connection.isStopped) this.#terms.excuse(nowMs);
    const reason = this.#terms.brokenBy(nowMs, wallClockMs);
    const isStuck = this.#connection.outgoing.stuckMs(nowMs) >= this.#context.limits.writeMs;
    if (reason !== undefined) this.#connection.close(reason);
    else if (isStuck) this.#connection.close(closeReason('NOT_READING'));
    else this.#session.sweep(wallClockMs);
  }

  /** A session has no other answer than its end. */
  broken(): void {}

  /** Goodbye with a reason is new in MQTT 5.0. */
  sayWhy(reason: CloseReason): void {
    if (this.#client.level === 4) return;
    const { retryAfterSeconds } = reason;
    // Who has taken our CONNACK takes so long a packet too: it is shorter (MQTT-3.14.2-4).
    const advice =
      retryAfterSeconds === undefined ? {} : { properties: { userProperties: [encodeRetryAfter(retryAfterSeconds)] } };
    const reasonCode = disconnectReasonCode(reason);
    this.#connection.outgoing.send(encodeDisconnect({ type: 'DISCONNECT', reasonCode, ...advice }, 5));
  }

  closed(reason: CloseReason): void {
    this.#context.directory.leave(this.#session);
    try {
      this.#session.ended(reason);
    } finally {
      this.#context.hooks.closed(this.#session, reason);
    }
  }
}
