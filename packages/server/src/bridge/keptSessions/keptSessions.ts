import type { Clock, Timer } from '@mkiot/core/clock/clock';
import type { BridgeCounts } from '../bridgeCounts.ts';
import type { BridgeLimits } from '../bridgeLimits.ts';
import type { BridgeHooks, Principal } from '../hooks.ts';
import type { DropReason } from '../keptSessionLink.ts';
import { SessionWill } from '../wills/sessionWill.ts';
import type { Will } from '../wills/will.ts';
import type { Wills } from '../wills/wills.ts';
import { HeldMessages } from './heldMessages.ts';
import { droppedMessage } from './queuedMessage.ts';
import type { SessionMessage } from './sessionMessage.ts';
import { SessionState, type StateGround } from './sessionState.ts';
import { NO_SESSION_STORE, type SessionStore, type StoredSession } from './sessionStore.ts';

/** What kept sessions stand on. */
export interface KeptSessionsParts {
  readonly limits: BridgeLimits;
  readonly clock: Clock;
  readonly counts: BridgeCounts;
  readonly dropped: BridgeHooks<Principal>['dropped'];
  readonly wills: Pick<Wills<Principal>, 'restored' | 'expired'>;
  readonly store: SessionStore | undefined;
}

/** How often expiries are looked at. */
const SWEEP_MS = 10_000;

/**
 * The sessions that outlive their connections, at most one for a device. They are in memory, as bounded as the limits
 * say, so that a login waits for no disk; the store hears of every change.
 */
export class KeptSessions {
  readonly #parts: KeptSessionsParts;
  readonly #ground: StateGround;
  readonly #states = new Map<number, SessionState>();
  #timer: Timer | undefined = undefined;

  constructor(parts: KeptSessionsParts, stored: readonly StoredSession[] = []) {
    this.#parts = parts;
    this.#ground = { store: parts.store ?? NO_SESSION_STORE, held: new HeldMessages() };
    for (const each of stored) this.#restore(SessionState.restored(this.#ground, each));
    if (this.#states.size > 0) this.#armSweep();
  }

  get size(): number {
    return this.#states.size;
  }

  get(key: number): SessionState | undefined {
    return this.#states.get(key);
  }

  /** The messages of all sessions that their devices have not acknowledged. */
  get held(): Readonly<HeldMessages> {
    return this.#ground.held;
  }

  /** Whether a connection would find a session kept for it. */
  isPresent(key: number, isClean: boolean): boolean {
    const kept = this.#states.get(key);
    return kept !== undefined && kept.isKept && !isClean && !hasExpired(kept, this.#parts.clock.now());
  }

  /**
   * The session state for a connection that begins: the kept one, or a new one. Nobody else may hold it any more.
   *
   * @param isClean what is kept is to be thrown away
   * @param expirySeconds how long it is to outlive its connection; 0: not
   * @param will of the connection
   */
  begin(principal: Principal, isClean: boolean, expirySeconds: number, will: Will | undefined): SessionState {
    const isPresent = this.isPresent(principal.key, isClean);
    const kept = this.#states.get(principal.key);
    if (kept !== undefined && !isPresent) this.end(kept, isClean ? 'CLEAN_START' : 'SESSION_EXPIRED');
    if (kept === undefined || !isPresent) return this.#beginNew(principal, expirySeconds, will);
    this.dropExpired(kept);
    kept.credentialId = principal.credentialId;
    kept.expirySeconds = expirySeconds;
    kept.expiresAtMs = undefined;
    kept.will = will && new SessionWill(will);
    // One that is to end with this connection must not come back by a restart.
    if (kept.isKept) kept.save();
    else this.#ground.store.write({ type: 'ENDED', key: kept.key });
    return kept;
  }

  /** The connection of a session is over: it ends with it, or later. */
  disconnected(state: SessionState): void {
    if (this.#states.get(state.key) !== state) return;
    if (!state.isKept) {
      this.end(state, 'SESSION_ENDED');
      return;
    }
    state.window.begin(0);
    state.expiresAtMs = this.#parts.clock.now() + state.expirySeconds * 1_000;
    state.save();
  }

  /** Ends a session and drops its messages, and its will if that is not published. */
  end(state: SessionState, reason: DropReason): void {
    if (this.#states.get(state.key) !== state) return;
    this.#states.delete(state.key);
    state.deleteWill();
    this.#ground.store.write({ type: 'ENDED', key: state.key });
    for (const message of state.window.values()) {
      state.window.remove(message);
      this.tellDropped(state, message, reason);
    }
    if (this.#states.size === 0) this.#cancelSweep();
  }

  /** Whether another message of `bytes` may wait in this session. */
  hasRoom({ window }: SessionState, bytes: number): boolean {
    const { limits } = this.#parts;
    if (window.size >= limits.queuedMessages || window.bytes + bytes > limits.queuedBytes) return false;
    return this.held.bytes + bytes <= limits.queuedTotalBytes;
  }

  /** A message will not reach its device: it is taken out. A session that is not kept has promised nothing to anybody. */
  drop(state: SessionState, message: SessionMessage, reason: DropReason): void {
    state.window.remove(message);
    state.storeOf(message).write({ type: 'MESSAGE_SETTLED', key: state.key, sequence: message.sequence });
    if (this.#states.get(state.key) === state && !message.isOfConnection) this.tellDropped(state, message, reason);
    else message.tell(false);
  }

  /** Tells whoever cares. What has a reference the domain has too: it brings it again by itself. */
  tellDropped(state: SessionState, message: SessionMessage, reason: DropReason): void {
    const { counts, dropped } = this.#parts;
    if (message.reference === undefined) {
      counts.messageDropped(reason);
      dropped(droppedMessage(state, message, reason));
    }
    message.tell(false);
  }

  /**
   * Drops what is worth nothing any more, but for QoS 2 messages that the device may have: those end when they are to be
   * sent again.
   */
  dropExpired(state: SessionState): void {
    const nowMs = this.#parts.clock.now();
    for (const message of state.window.values()) {
      const mayBeThere = message.qos === 2 && message.wasSent;
      if (!message.isOnItsWay && !mayBeThere && message.hasExpired(nowMs)) this.drop(state, message, 'EXPIRED');
    }
  }

  /** Looks at no expiry any more; the sessions stay in the store, and wills that wait in them. */
  close(): void {
    this.#cancelSweep();
    for (const { will } of this.#states.values()) will?.stopWaiting();
  }

  #beginNew(principal: Principal, expirySeconds: number, will: Will | undefined): SessionState {
    const state = new SessionState(this.#ground, principal, expirySeconds);
    state.will = will && new SessionWill(will);
    if (!state.isKept) return state;
    this.#states.set(state.key, state);
    state.save();
    if (this.#timer === undefined) this.#armSweep();
    return state;
  }

  /**
   * Whoever was connected when the platform ended has its whole time from now on, and nobody has more than the limit, which
   * may be lower than it was.
   */
  #restore(state: SessionState): void {
    const { clock, limits } = this.#parts;
    const nowMs = clock.now();
    state.expirySeconds = Math.min(state.expirySeconds, limits.sessionExpirySeconds);
    const latestMs = nowMs + state.expirySeconds * 1_000;
    state.expiresAtMs = Math.min(state.expiresAtMs ?? latestMs, latestMs);
    this.#states.set(state.key, state);
    if (hasExpired(state, nowMs)) this.#expire(state);
    else this.#parts.wills.restored(state);
  }

  #expire(state: SessionState): void {
    this.#parts.wills.expired(state);
    this.end(state, 'SESSION_EXPIRED');
  }

  #sweep(): void {
    const nowMs = this.#parts.clock.now();
    for (const state of this.#states.values()) {
      if (hasExpired(state, nowMs)) this.#expire(state);
      else if (state.window.size > 0) this.dropExpired(state);
    }
  }

  #armSweep(): void {
    this.#timer = this.#parts.clock.setTimer(SWEEP_MS, () => {
      this.#timer = undefined;
      this.#sweep();
      if (this.#states.size > 0) this.#armSweep();
    });
  }

  #cancelSweep(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

function hasExpired({ expiresAtMs }: SessionState, nowMs: number): boolean {
  return expiresAtMs !== undefined && nowMs >= expiresAtMs;
}
