import type { QoS } from '@mkiot/core/mqtt/qos';
import type { DeliveryTerms } from './deliveryTerms.ts';

/** Finds the sessions that outlive their connections. */
export interface KeptSessionLink {
  /** The kept session of a device, connected or not. */
  keptSession(key: number): KeptSession | undefined;
  /** Ends a kept session and drops its messages and its will. An open connection is not touched. */
  endKeptSession(key: number): void;
}

/** A session that outlives its connection, as the domain sees it. */
export interface KeptSession {
  readonly key: number;
  readonly deviceId: string;
  readonly credentialId: number;
  /** When it ends, wall clock; `undefined` while the device is connected. */
  readonly expiresAtMs: number | undefined;
  /** What is subscribed to, and at which QoS. */
  readonly subscriptions: Iterable<readonly [kind: string, { readonly qos: QoS }]>;
  subscriptionQos(kind: string): QoS | undefined;
  /** Those that the device has not acknowledged, in the order of sending. */
  messages(): readonly QueuedMessage[];
  /**
   * Queues a message for a device that is not connected, in a subscription at QoS 1 or 2.
   *
   * @returns the message when it is on disk; `FULL`: the limits do not allow it; `NOT_STORED`: it could not be written;
   * `NOT_SUBSCRIBED`: there is no such subscription, or at QoS 0
   */
  queue(kind: string, subfolder: string, payload: Uint8Array, terms: DeliveryTerms): Promise<QueueOutcome>;
}

export type QueueOutcome = QueuedMessage | 'NOT_SUBSCRIBED' | 'FULL' | 'NOT_STORED';

/** A message that waits for a device. Times are wall clock. */
export interface QueuedMessage {
  /** Its number in the session. */
  readonly sequence: number;
  readonly kind: string;
  readonly subfolder: string;
  readonly payloadBytes: number;
  readonly queuedAtMs: number;
  readonly expiresAtMs: number | undefined;
  /** The device may have it. */
  readonly wasSent: boolean;
}

/** Why a kept session has dropped a message. */
export type DropReason = 'EXPIRED' | 'SESSION_EXPIRED' | 'SESSION_ENDED' | 'CLEAN_START' | 'REFUSED' | 'TOO_LARGE';

/** A message that a kept session has dropped. */
export interface DroppedMessage extends QueuedMessage {
  /** The key of the session. */
  readonly key: number;
  readonly deviceId: string;
  readonly reason: DropReason;
}
