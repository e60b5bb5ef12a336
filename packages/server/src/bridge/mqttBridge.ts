import type { Clock, Timer } from '@mkiot/core/clock/clock';

import type { Logger } from 'pino';
import type { BridgeContext } from './bridgeContext.ts';
import { BridgeCounts } from './bridgeCounts.ts';
import { type BridgeLimits, DEFAULT_BRIDGE_LIMITS } from './bridgeLimits.ts';
import { closeReason } from './closeReasons.ts';
import { Connection } from './connection/connection.ts';
import type { DeviceSocket } from './connection/deviceSocket.ts';
import { FlushQueue } from './connection/flushQueue.ts';
import { errorsTopic } from './gateway/gatewayFeedback.ts';
import type { BridgeHooks, DeviceLink, Principal, Session } from './hooks.ts';
import type { KeptSession, KeptSessionLink } from './keptSessionLink.ts';
import { KeptSessionView } from './keptSessions/keptSession.ts';
import { KeptSessions } from './keptSessions/keptSessions.ts';
import type { SessionStore, StoredSession } from './keptSessions/sessionStore.ts';
import { ReadGate } from './connection/readGate.ts';
import { returnSeconds } from './returnAdvice.ts';
import { SessionDirectory } from './session/sessionDirectory.ts';
import { DEVICE_TOPIC_CONTRACT, type TopicContract } from './topicContract.ts';
import { Wills } from './wills/wills.ts';

export interface MqttBridgeOptions<P extends Principal> {
  readonly hooks: BridgeHooks<P>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<BridgeLimits>;
  /** The greatest epoch that an earlier run of the platform may have given to a session; 0 when there was none. */
  readonly lastEpoch?: number;
  /** Where kept sessions outlive the platform. Default: they do not. */
  readonly sessionStore?: SessionStore;
  /** The sessions that it has. */
  readonly storedSessions?: readonly StoredSession[];
  /** Default: the topics of IoT Core. */
  readonly topics?: TopicContract;
}

/**
 * MQTT 3.1.1 and 5.0 with the rules of IoT Core, over connections that somebody else accepts and encrypts. Knows no domain: what
 * a login, a message or a subscription means, the hooks decide.
 *
 * @example
 * const bridge = new MqttBridge({ hooks, clock: systemClock, log });
 * const listener = await listenForDevices({ port: 8883, certificate, ticketKeys, clock, log, accept: bridge.accept });
 */
export class MqttBridge<P extends Principal> implements DeviceLink<P>, KeptSessionLink {
  readonly #context: BridgeContext<P>;
  readonly #connections = new Set<Connection<P>>();
  #sweepTimer: Timer | undefined = undefined;
  #closing: PromiseWithResolvers<void> | undefined = undefined;

  constructor(options: MqttBridgeOptions<P>) {
    const { hooks, clock, log, lastEpoch = 0, topics = DEVICE_TOPIC_CONTRACT } = options;
    const { sessionStore: store, storedSessions } = options;
    const limits = { ...DEFAULT_BRIDGE_LIMITS, ...options.limits };
    const counts = new BridgeCounts();
    const dropped = hooks.dropped.bind(hooks);
    const { gateways } = hooks;
    const gatewayRoutes = gateways === undefined ? [] : [errorsTopic<P>((principal) => gateways.isGateway(principal))];
    const subscribeRoutes = [...hooks.subscribeRoutes, ...gatewayRoutes];
    const publishRoutes = new Map(hooks.publishRoutes.map((route) => [route.kind, route]));
    const wills = new Wills({ hooks: hooks.wills, publishRoutes, clock, log });
    this.#context = {
      hooks,
      authenticationMethods: new Map(hooks.authenticationMethods?.map((method) => [method.name, method])),
      publishRoutes,
      subscribeRoutes: new Map(subscribeRoutes.map((route) => [route.kind, route])),
      topics,
      limits,
      clock,
      log,
      directory: new SessionDirectory(lastEpoch),
      keptSessions: new KeptSessions({ limits, clock, counts, dropped, wills, store }, storedSessions),
      wills,
      flushQueue: new FlushQueue(),
      gate: new ReadGate(hooks.backPressure),
      counts,
    };
  }

  /**
   * Takes over a connected socket: reads it, answers it, closes it. It must allow being half open. `acceptedAtMs` is when
   * it began, on the monotonic clock (default: now); the time to log in counts from there. A bound
   * function, to be handed to a listener.
   */
  readonly accept = (socket: DeviceSocket, remoteAddress: string, acceptedAtMs?: number): void => {
    if (this.#closing !== undefined) {
      socket.destroy();
      return;
    }
    const connection = new Connection(
      this.#context,
      socket,
      remoteAddress,
      acceptedAtMs ?? this.#context.clock.monotonic(),
      this.#forget,
    );
    this.#context.counts.connectionsAccepted++;
    this.#connections.add(connection);
    if (this.#connections.size === 1) this.#armSweep();
  };

  /** The open session of the principal with this key. */
  session(key: number): Session<P> | undefined {
    return this.#context.directory.get(key);
  }

  sessions(): Iterable<Session<P>> {
    return this.#context.directory.values();
  }

  keptSession(key: number): KeptSession | undefined {
    const { keptSessions, clock } = this.#context;
    const state = keptSessions.get(key);
    return state === undefined ? undefined : new KeptSessionView(state, keptSessions, clock);
  }

  endKeptSession(key: number): void {
    const { keptSessions } = this.#context;
    const state = keptSessions.get(key);
    if (state !== undefined) keptSessions.end(state, 'SESSION_ENDED');
  }

  get keptSessionCount(): number {
    return this.#context.keptSessions.size;
  }

  /** What devices have not acknowledged. */
  get heldMessages(): { readonly messages: number; readonly bytes: number } {
    return this.#context.keptSessions.held;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get sessionCount(): number {
    return this.#context.directory.size;
  }

  get counts(): Readonly<BridgeCounts> {
    return this.#context.counts;
  }

  /** Closes every connection, takes no new one, and resolves when the last socket is closed and the wills are stored. */
  async close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers<void>();
      let position = 0;
      for (const connection of this.#connections) {
        connection.close({ ...closeReason('SHUTTING_DOWN'), retryAfterSeconds: returnSeconds(position++) });
      }
      this.#context.keptSessions.close();
      if (this.#connections.size === 0) this.#closing.resolve();
    }
    await Promise.all([this.#closing.promise, this.#context.wills.close()]);
  }

  readonly #forget = (connection: Connection<P>): void => {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    this.#sweepTimer?.cancel();
    this.#closing?.resolve();
  };

  /** One timer for all connections; none when there are none. */
  #armSweep(): void {
    const { clock, limits } = this.#context;
    this.#sweepTimer = clock.setTimer(limits.sweepMs, () => {
      const nowMs = clock.monotonic();
      const wallClockMs = clock.now();
      for (const connection of this.#connections) connection.sweep(nowMs, wallClockMs);
      this.#armSweep();
    });
  }
}
