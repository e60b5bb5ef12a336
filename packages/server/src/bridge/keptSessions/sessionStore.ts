import type { QoS } from '@mkiot/core/mqtt/qos';
import type { MessageProperties } from '../deliveryTerms.ts';
import type { Will } from '../wills/will.ts';

/** What a device has subscribed to. */
export interface SubscriptionRecord {
  readonly kind: string;
  readonly qos: QoS;
  /** The subscription identifiers of MQTT 5.0 that go with each message. */
  readonly identifiers: readonly number[] | undefined;
}

/** A message at QoS 1 or 2 that the device has not acknowledged. */
export interface MessageRecord {
  /** Its number in the session: grows with each message. */
  readonly sequence: number;
  readonly kind: string;
  readonly subfolder: string;
  readonly payload: Uint8Array;
  readonly qos: 1 | 2;
  /** Wall clock, milliseconds since 1970. */
  readonly queuedAtMs: number;
  /** Wall clock: later it is worth nothing, and dropped. `undefined`: never. */
  readonly expiresAtMs: number | undefined;
  /** What the domain knows it by. */
  readonly reference: number | undefined;
  /** Of MQTT 5.0. */
  readonly properties: MessageProperties | undefined;
  /** `undefined`: it was never sent. */
  readonly packetId: number | undefined;
  /** QoS 2: the device has it (PUBREC), and has still to say that it has forgotten the identifier (PUBCOMP). */
  readonly isReleased: boolean;
}

/** A will that is not stored as a message yet. */
export interface WillRecord extends Will {
  /** When it is to be published, wall clock; `undefined` while the device is connected. */
  readonly dueAtMs: number | undefined;
}

/** What of a session outlives its connection, but its messages: MQTT 5.0, section 4.1. */
export interface SessionRecord {
  /** The principal's. */
  readonly key: number;
  readonly deviceId: string;
  /** The key of the device with which it logged in last. */
  readonly credentialId: number;
  readonly subscriptions: readonly SubscriptionRecord[];
  /** How long it lasts without a connection. */
  readonly expirySeconds: number;
  /** When it ends, wall clock; `undefined` while the device is connected. */
  readonly expiresAtMs: number | undefined;
  readonly will: WillRecord | undefined;
}

/** A session as it is read back. */
export interface StoredSession {
  readonly session: SessionRecord;
  /** In the order of their numbers. */
  readonly messages: readonly MessageRecord[];
  /** Packet identifiers of the QoS 2 messages of the device that are stored and not released (PUBREL). */
  readonly received: readonly number[];
}

/** What happens to kept sessions. `key` is the session's. */
export type SessionChange =
  | { readonly type: 'SAVED'; readonly session: SessionRecord }
  | { readonly type: 'ENDED'; readonly key: number }
  | { readonly type: 'MESSAGE_QUEUED'; readonly key: number; readonly message: MessageRecord }
  | { readonly type: 'MESSAGE_SENT'; readonly key: number; readonly sequence: number; readonly packetId: number }
  | { readonly type: 'MESSAGE_RELEASED'; readonly key: number; readonly sequence: number }
  | { readonly type: 'MESSAGE_SETTLED'; readonly key: number; readonly sequence: number }
  | { readonly type: 'RECEIVED'; readonly key: number; readonly packetId: number }
  | { readonly type: 'COMPLETED'; readonly key: number; readonly packetId: number };

/** Where kept sessions outlive the platform. */
export interface SessionStore {
  /**
   * Notes a change, after those before it. `settled` is told when it is on disk, or with an `error` that it is not: then
   * it is tried again, and the caller is not to rely on it. Must not throw; `settled` may be called before it returns.
   */
  write(change: SessionChange, settled?: (error: unknown) => void): void;
}

/** Keeps nothing: sessions outlive their connection, and not the platform. */
export const NO_SESSION_STORE: SessionStore = { write: (_change, settled) => settled?.(undefined) };
