import type { Clock } from '@mkiot/core/clock/clock';
import type { QoS } from '@mkiot/core/mqtt/qos';
import type { DeliveryTerms } from '../deliveryTerms.ts';
import type { KeptSession, QueuedMessage, QueueOutcome } from '../keptSessionLink.ts';
import type { KeptSessions } from './keptSessions.ts';
import { queuedMessage } from './queuedMessage.ts';
import type { SessionState } from './sessionState.ts';

/** What the domain sees of a session that outlives its connection. */
export class KeptSessionView implements KeptSession {
  readonly #state: SessionState;
  readonly #sessions: KeptSessions;
  readonly #clock: Clock;

  constructor(state: SessionState, sessions: KeptSessions, clock: Clock) {
    this.#state = state;
    this.#sessions = sessions;
    this.#clock = clock;
  }

  get key(): number {
    return this.#state.key;
  }

  get deviceId(): string {
    return this.#state.deviceId;
  }

  get credentialId(): number {
    return this.#state.credentialId;
  }

  get expiresAtMs(): number | undefined {
    return this.#state.expiresAtMs;
  }

  get subscriptions(): Iterable<readonly [string, { readonly qos: QoS }]> {
    return this.#state.subscriptions;
  }

  subscriptionQos(kind: string): QoS | undefined {
    return this.#state.subscriptions.get(kind)?.qos;
  }

  messages(): readonly QueuedMessage[] {
    return Array.from(this.#state.window.values(), queuedMessage);
  }

  async queue(kind: string, subfolder: string, payload: Uint8Array, terms: DeliveryTerms): Promise<QueueOutcome> {
    const state = this.#state;
    const qos = state.messageQoS(kind, terms);
    const isOver = this.#sessions.get(state.key) !== state;
    if (qos === undefined || qos === 0 || isOver) return 'NOT_SUBSCRIBED';
    const message = state.compose({ kind, subfolder, payload, qos }, this.#clock.now(), terms);
    if (!this.#sessions.hasRoom(state, message.bytes)) return 'FULL';
    state.window.add(message);
    const isStored = new Promise<boolean>((resolve) => {
      state.store.write({ type: 'MESSAGE_QUEUED', key: state.key, message: message.record }, (error) => {
        resolve(error === undefined);
      });
    });
    state.onQueued?.();
    // One that is on its way to the device cannot be taken back.
    if ((await isStored) || message.wasSent) return queuedMessage(message);
    state.window.remove(message);
    state.store.write({ type: 'MESSAGE_SETTLED', key: state.key, sequence: message.sequence });
    return 'NOT_STORED';
  }
}
