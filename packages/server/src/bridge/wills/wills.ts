import { type Clock, delay } from '@mkiot/core/clock/clock';
import type { Logger } from 'pino';
import type { CloseReason, Principal, PublishRoute, WillHooks } from '../hooks.ts';
import type { SessionState } from '../keptSessions/sessionState.ts';
import { publishOnce, PublishRefused } from '../publishOnce.ts';
import type { SessionWill } from './sessionWill.ts';

export interface WillsParts<P extends Principal> {
  readonly hooks: WillHooks<P> | undefined;
  readonly publishRoutes: ReadonlyMap<string, PublishRoute<P>>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** How long the end of the platform waits for wills to be stored: a disk that takes nothing must not hold it up. */
const LONGEST_STOP_MS = 2_000;

/**
 * Publishes wills when they are due, MQTT 3.1.1 section 3.1.2.5 and MQTT 5.0 section 3.1.3.2.2: at the end of a connection,
 * or after the delay in a session that outlives it, at that session's end at the latest. A will stays in its session until
 * it is stored, so that a kept session brings it again after a crash.
 */
export class Wills<P extends Principal> {
  readonly #parts: WillsParts<P>;
  readonly #underWay = new Set<Promise<void>>();
  #isClosed = false;

  constructor(parts: WillsParts<P>) {
    this.#parts = parts;
  }

  /** A connection is over, for `reason`, and its DISCONNECT has not deleted the will. */
  disconnected(state: SessionState, principal: P, reason: CloseReason): void {
    const { will } = state;
    if (will === undefined) return;
    const { clock } = this.#parts;
    const { delaySeconds } = will.message;
    if (reason.withdrawsWill === true) state.deleteWill();
    else if (state.isKept && delaySeconds > 0) this.#wait(state, will, latestMs(state, will, clock.now()));
    else this.#publish(state, will, principal);
  }

  /**
   * The device connects, and its session is `state`, or ends for the new one. Back in time it has no need of a will
   * (MQTT-3.1.3-9); a session that ends brings its will before anything of the next (MQTT-3.1.2-8).
   */
  connecting(state: SessionState, principal: P, isResumed: boolean): void {
    if (state.will !== undefined && !isResumed) this.#publish(state, state.will, principal);
    state.deleteWill();
  }

  /** The session is from an earlier run of the platform; one that was connected has lost its connection with that. */
  restored(state: SessionState): void {
    const { will } = state;
    if (will === undefined) return;
    const latest = latestMs(state, will, this.#parts.clock.now());
    this.#wait(state, will, Math.min(will.dueAtMs ?? latest, latest));
  }

  /** The time of a session is over: its will goes, if it has not gone. */
  expired(state: SessionState): void {
    const { will } = state;
    if (will === undefined) return;
    state.will = undefined;
    this.#publishLater(state, will);
  }

  /** Resolves when the wills that were due are stored, or will not be for a long time. Wait for nothing more. */
  async close(): Promise<void> {
    const isOver = new AbortController();
    const isTooLong = delay(this.#parts.clock, LONGEST_STOP_MS, isOver.signal);
    await Promise.race([this.#idle(), isTooLong]);
    isOver.abort();
    this.#isClosed = true;
  }

  async #idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #wait(state: SessionState, will: SessionWill, dueAtMs: number): void {
    will.waitUntil(dueAtMs, this.#parts.clock, () => this.#publishLater(state, will));
  }

  /** Nobody is connected: whether the device may still say something, the domain knows. */
  #publishLater(state: SessionState, will: SessionWill): void {
    const { hooks, log } = this.#parts;
    const looking = async (): Promise<void> => {
      const principal = await hooks?.principalOf(state);
      if (principal !== undefined) this.#publish(state, will, principal);
      else if (will.end()) this.#settled(state, will);
    };
    this.#track(
      looking().catch((error: unknown) => {
        log.error(
          { device: state.deviceId, err: error },
          'a will could not be published: its device was not found out',
        );
      }),
    );
  }

  #publish(state: SessionState, will: SessionWill, principal: P): void {
    if (!will.end()) return;
    const { publishRoutes, clock, log } = this.#parts;
    const { kind, subfolder, payload, qos, properties } = will.message;
    const route = publishRoutes.get(kind);
    if (route === undefined) return;
    // Nobody is connected with it.
    const publisher = { device: principal, clientId: state.deviceId, remoteAddress: '' };
    const message = { qos, isWill: true, ...(properties === undefined ? {} : { properties }) } as const;
    const of = { device: state.deviceId, deviceKey: state.key };
    const publishing = async (): Promise<void> => {
      try {
        await publishOnce(route, publisher, subfolder, payload, clock.now(), message);
        log.info(of, 'the will of a device was published');
      } catch (error) {
        if (state.isKept && isUnavailable(error)) {
          log.warn(
            { ...of, err: error },
            'the will of a device could not be stored; its session brings it at the next start',
          );
          return;
        }
        log.warn({ ...of, err: error }, 'the will of a device was not taken, and is lost');
      }
      this.#settled(state, will);
    };
    this.#track(publishing());
  }

  #settled(state: SessionState, will: SessionWill): void {
    if (state.will !== will || this.#isClosed) return;
    state.will = undefined;
    state.save();
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }
}

/** The fault is ours, and may pass. */
function isUnavailable(error: unknown): boolean {
  return error instanceof PublishRefused && error.reason.status === 'UNAVAILABLE';
}

/** When a will is due whose connection ends now. */
function latestMs({ expirySeconds }: SessionState, { message }: SessionWill, nowMs: number): number {
  return nowMs + Math.min(message.delaySeconds, expirySeconds) * 1_000;
}
