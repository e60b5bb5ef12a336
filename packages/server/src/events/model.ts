import { formatTimestamp } from '../http/protoJson.ts';
import type { Subscription } from '@mkiot/core/api/resources';

/** What may be said of a subscription at its creation. */
export interface SubscriptionFields {
  /** Only events of registries with this id. */
  readonly registry: string | undefined;
  /** Only events of this device of that registry, by id or numeric id. */
  readonly device: string | undefined;
  /** After so long an event that was not acknowledged is delivered again. */
  readonly ackDeadlineSeconds: number;
  /** Whether events stay in the log until they are acknowledged, however old and many. */
  readonly hold: boolean;
}

/** How far a subscription is in the log. */
export interface SubscriptionPosition {
  /** Sequence of the first event that it has not looked at. */
  readonly next: number;
  /** Sequences before it that were delivered and not acknowledged, rising. */
  readonly unacknowledged: readonly number[];
}

export interface SubscriptionName {
  readonly project: string;
  readonly subscription: string;
}

export interface SubscriptionRecord extends SubscriptionFields {
  /** Never used again. */
  readonly key: number;
  readonly project: string;
  readonly id: string;
  readonly createdAtMs: number;
  /** What its acknowledgement ids are made with. */
  readonly ackSecret: Uint8Array;
  readonly position: SubscriptionPosition;
  /** How many events retention removed before they were acknowledged, in all. With a filter, at most so many. */
  readonly missedEvents: number;
}

export function formatSubscriptionName({ project, subscription }: SubscriptionName): string {
  return `projects/${project}/subscriptions/${subscription}`;
}

export function subscriptionResource(record: SubscriptionRecord): Subscription {
  const { project, id, registry, device } = record;
  return {
    id,
    name: formatSubscriptionName({ project, subscription: id }),
    ...(registry === undefined ? {} : { registry }),
    ...(device === undefined ? {} : { device }),
    ackDeadlineSeconds: record.ackDeadlineSeconds,
    hold: record.hold,
    createTime: formatTimestamp(record.createdAtMs),
    missedEvents: String(record.missedEvents),
  };
}
