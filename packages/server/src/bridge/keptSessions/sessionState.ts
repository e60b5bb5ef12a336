import type { QoS } from '@mkiot/core/mqtt/qos';
import type { DeliveryTerms } from '../deliveryTerms.ts';
import type { HeldMessages } from './heldMessages.ts';
import { MessageWindow } from './messageWindow.ts';
import { ReceivedPublishes } from './receivedPublishes.ts';
import { SessionWill } from '../wills/sessionWill.ts';
import { type MessageFate, SessionMessage } from './sessionMessage.ts';
import { NO_SESSION_STORE, type SessionRecord, type SessionStore, type StoredSession } from './sessionStore.ts';

/** What a device has subscribed to, and how its messages are sent. */
export interface GrantedSubscription {
  readonly qos: QoS;
  /** The subscription identifiers that the device has given, for each message. */
  readonly identifiers: readonly number[] | undefined;
}

/** What a message to a device consists of. */
interface Publication {
  readonly kind: string;
  readonly subfolder: string;
  readonly payload: Uint8Array;
  readonly qos: 1 | 2;
}

/** What all states share. */
export interface StateGround {
  readonly store: SessionStore;
  readonly held: HeldMessages;
}

/** Whose session it is. */
interface Owner {
  readonly key: number;
  readonly deviceId: string;
  readonly credentialId: number;
}

/** The session state of MQTT, 3.1.1 section 3.1.2.4 and 5.0 section 4.1: what a session is beside its connection. */
export class SessionState {
  readonly key: number;
  readonly deviceId: string;
  /** The key of the device with which it logged in last. */
  credentialId: number;
  readonly subscriptions = new Map<string, GrantedSubscription>();
  readonly window: MessageWindow;
  readonly received: ReceivedPublishes;
  /** How long it lasts without a connection; 0: it is not kept. */
  expirySeconds: number;
  /** When it ends, wall clock; `undefined` while the device is connected. */
  expiresAtMs: number | undefined = undefined;
  /** Told when a message waits that no connection has asked for: the one that is open may send it. */
  onQueued: (() => void) | undefined = undefined;
  /** Of the last connection, until it is stored or deleted. */
  will: SessionWill | undefined = undefined;
  readonly #store: SessionStore;
  #lastSequence = 0;

  constructor(ground: StateGround, owner: Owner, expirySeconds: number, received: Iterable<number> = []) {
    this.window = new MessageWindow(ground.held);
    this.#store = ground.store;
    this.key = owner.key;
    this.deviceId = owner.deviceId;
    this.credentialId = owner.credentialId;
    this.expirySeconds = expirySeconds;
    this.received = new ReceivedPublishes(received);
  }

  /** As it was when the platform ended. */
  static restored(ground: StateGround, { session, messages, received }: StoredSession): SessionState {
    const state = new SessionState(ground, session, session.expirySeconds, received);
    state.expiresAtMs = session.expiresAtMs;
    if (session.will !== undefined) {
      const { dueAtMs, ...message } = session.will;
      state.will = new SessionWill(message, dueAtMs);
    }
    for (const { kind, qos, identifiers } of session.subscriptions) state.subscriptions.set(kind, { qos, identifiers });
    for (const message of messages) {
      state.window.add(new SessionMessage(message));
      state.#lastSequence = message.sequence;
    }
    return state;
  }

  /** Whether it is to outlive its connection. */
  get isKept(): boolean {
    return this.expirySeconds > 0;
  }

  /** Where changes are noted: nowhere while the session is not kept. */
  get store(): SessionStore {
    return this.isKept ? this.#store : NO_SESSION_STORE;
  }

  /** The QoS of a message of this kind: what was granted, or less where `terms` say so. */
  messageQoS(kind: string, terms: DeliveryTerms | undefined): QoS | undefined {
    const wanted = terms?.qos ?? 2;
    const granted = this.subscriptions.get(kind)?.qos;
    return granted === undefined || granted < wanted ? granted : wanted;
  }

  /** A message that is to be added to the window. */
  compose(publication: Publication, nowMs: number, terms?: DeliveryTerms, done?: MessageFate): SessionMessage {
    const { kind, subfolder, payload, qos } = publication;
    const { expiresAtMs, reference, properties } = terms ?? {};
    const isNew = { packetId: undefined, isReleased: false };
    const record = { kind, subfolder, payload, qos, queuedAtMs: nowMs, expiresAtMs, reference, properties, ...isNew };
    return new SessionMessage({ sequence: ++this.#lastSequence, ...record }, done, terms === undefined);
  }

  /** Where changes of `message` are noted. */
  storeOf({ isOfConnection }: SessionMessage): SessionStore {
    return isOfConnection ? NO_SESSION_STORE : this.store;
  }

  get record(): SessionRecord {
    const { key, deviceId, credentialId, expirySeconds, expiresAtMs } = this;
    const subscriptions = [...this.subscriptions].map(([kind, subscription]) => ({ kind, ...subscription }));
    return { key, deviceId, credentialId, expirySeconds, expiresAtMs, subscriptions, will: this.will?.record };
  }

  /** The will is not to be published, if it has not been. */
  deleteWill(): void {
    this.will?.end();
    this.will = undefined;
  }

  /** Notes all but the messages, where the session is kept. */
  save(): void {
    if (this.isKept) this.store.write({ type: 'SAVED', session: this.record });
  }
}
