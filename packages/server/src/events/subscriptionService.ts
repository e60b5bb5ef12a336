import type { Clock } from '@mkiot/core/clock/clock';
import { isNumericId, isResourceId } from '@mkiot/core/contract/ids';
import { LIMITS } from '@mkiot/core/contract/limits';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { AuditTrail } from '../auditTrail/auditTrail.ts';
import { type Page, pageById, type PageRequest } from '../registry/page.ts';
import type { Database } from '../store/database.ts';
import { ACK_SECRET_BYTES, formatAckId, parseAckId } from './ackIds.ts';
import { Delivery } from './delivery.ts';
import type { EventLog, LoggedEvent } from './eventLog.ts';
import type { EventLogReports } from './eventLogReports.ts';
import { eventsError } from './eventsErrors.ts';
import {
  formatSubscriptionName,
  type SubscriptionFields,
  type SubscriptionName,
  type SubscriptionPosition,
  type SubscriptionRecord,
} from './model.ts';
import type { Hold } from './retention.ts';
import * as store from './subscriptionStore.ts';

export interface SubscriptionParts {
  readonly database: Database;
  readonly auditTrail: AuditTrail;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly randomFill: RandomFill;
  readonly reports: EventLogReports;
}

export interface DeliveredEvent {
  readonly ackId: string;
  readonly event: LoggedEvent;
}

export interface PulledEvents {
  readonly events: readonly DeliveredEvent[];
  /** How many were removed or lost before they were acknowledged, since the last pull. With a filter, at most so many. */
  readonly missedEvents: number;
}

/**
 * Durable cursors over the event log, with the pull semantics of Pub/Sub: each event at least once, again after the
 * deadline, until it is acknowledged; across restarts. `principal` is whom the audit trail names.
 */
export class SubscriptionService {
  readonly #parts: SubscriptionParts;
  readonly #deliveries = new Map<number, Delivery>();
  /** Where the log ended when this process began: no position of an earlier process can be further. */
  readonly #lastAtStart: number;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
    this.#lastAtStart = parts.log.lastCommitted;
  }

  /**
   * Makes a subscription to what comes from now on.
   *
   * @throws `SUBSCRIPTION_ID_UNFIT`, `SUBSCRIPTION_DEVICE_WITHOUT_REGISTRY`, `SUBSCRIPTION_EXISTS`
   */
  async create(name: SubscriptionName, fields: SubscriptionFields, principal: string): Promise<SubscriptionRecord> {
    const { database, auditTrail, log, clock, randomFill } = this.#parts;
    checkFields(name, fields);
    return database.transaction(async (executor) => {
      const resource = formatSubscriptionName(name);
      if ((await store.findSubscription(executor, name)) !== undefined) {
        throw eventsError('SUBSCRIPTION_EXISTS', { subscription: resource });
      }
      await store.insertSubscription(executor, {
        ...fields,
        project: name.project,
        id: name.subscription,
        createdAtMs: clock.now(),
        ackSecret: randomFill(new Uint8Array(ACK_SECRET_BYTES)),
        position: { next: log.lastCommitted + 1, unacknowledged: [] },
        missedEvents: 0,
      });
      await auditTrail.record(executor, { principal, action: 'createSubscription', resource, after: fields });
      const subscription = await this.#require(executor, name);
      this.#deliveries.set(subscription.key, this.#newDelivery(subscription));
      return subscription;
    });
  }

  /** @throws `SUBSCRIPTION_NOT_FOUND` */
  get(name: SubscriptionName): Promise<SubscriptionRecord> {
    return this.#require(this.#parts.database.executor, name);
  }

  /** @throws `PAGE_TOKEN_MALFORMED` */
  list(project: string, page: PageRequest): Promise<Page<SubscriptionRecord>> {
    const { executor } = this.#parts.database;
    return pageById(page, (afterId, limit) => store.listSubscriptions(executor, project, afterId, limit));
  }

  /** @throws `SUBSCRIPTION_NOT_FOUND` */
  async delete(name: SubscriptionName, principal: string): Promise<void> {
    const { database, auditTrail } = this.#parts;
    const { key } = await database.transaction(async (executor) => {
      const subscription = await this.#require(executor, name);
      await store.deleteSubscription(executor, subscription.key);
      const { registry, device, ackDeadlineSeconds, hold } = subscription;
      const before: SubscriptionFields = { registry, device, ackDeadlineSeconds, hold };
      const resource = formatSubscriptionName(name);
      await auditTrail.record(executor, { principal, action: 'deleteSubscription', resource, before });
      return subscription;
    });
    this.#deliveries.get(key)?.close();
    this.#deliveries.delete(key);
  }

  /**
   * The next events, at most `maxEvents`. If there are none, waits for some, at most `waitMs` and no longer than `signal`
   * allows.
   *
   * @throws `SUBSCRIPTION_NOT_FOUND`
   */
  async pull(name: SubscriptionName, maxEvents: number, waitMs: number, signal: AbortSignal): Promise<PulledEvents> {
    const subscription = await this.get(name);
    const { events, missedEvents } = await this.#delivery(subscription).pull(maxEvents, waitMs, signal);
    const { ackSecret } = subscription;
    return {
      events: events.map((event) => ({ ackId: formatAckId(ackSecret, event.sequence), event })),
      missedEvents,
    };
  }

  /**
   * Resolves when it is on disk that these events need not be delivered again. Acknowledging late or twice is harmless.
   *
   * @throws `SUBSCRIPTION_NOT_FOUND`, `ACK_ID_UNKNOWN`
   */
  async acknowledge(name: SubscriptionName, ackIds: readonly string[]): Promise<void> {
    const subscription = await this.get(name);
    const sequences = ackIds.map((ackId, index) => {
      const sequence = parseAckId(subscription.ackSecret, ackId);
      if (sequence !== undefined) return sequence;
      throw eventsError('ACK_ID_UNKNOWN', { index, subscription: formatSubscriptionName(name) });
    });
    await this.#delivery(subscription).acknowledge(sequences);
  }

  /** Of the subscriptions with a hold, the one that is least far. */
  async oldestHold(): Promise<Hold | undefined> {
    const holds = (await store.heldSubscriptions(this.#parts.database.executor)).map(
      ({ project, id, position: { next, unacknowledged } }): Hold => ({
        subscription: formatSubscriptionName({ project, subscription: id }),
        from: Math.min(next, unacknowledged[0] ?? next),
      }),
    );
    return holds.toSorted((a, b) => a.from - b.from)[0];
  }

  #delivery(subscription: SubscriptionRecord): Delivery {
    const { key } = subscription;
    let delivery = this.#deliveries.get(key);
    if (delivery === undefined) {
      delivery = this.#newDelivery({ ...subscription, position: this.#positionInLog(subscription) });
      this.#deliveries.set(key, delivery);
    }
    return delivery;
  }

  #newDelivery(subscription: SubscriptionRecord): Delivery {
    const { log, clock, database } = this.#parts;
    const savePosition = (position: SubscriptionPosition, missedMore: number): Promise<void> =>
      store.savePosition(database.executor, subscription.key, position, missedMore);
    return new Delivery({ log, clock, savePosition }, subscription);
  }

  /** A log that has lost its end uses sequences again: who waited for higher ones would never see what is new. */
  #positionInLog({ project, id, position }: SubscriptionRecord): SubscriptionPosition {
    const last = this.#lastAtStart;
    if (position.next <= last + 1) return position;
    const subscription = formatSubscriptionName({ project, subscription: id });
    const context = { subscription, read: position.next - 1, last };
    this.#parts.reports.problem(eventsError('SUBSCRIPTION_AHEAD', context));
    return { next: last + 1, unacknowledged: position.unacknowledged.filter((sequence) => sequence <= last) };
  }

  async #require(executor: Database['executor'], name: SubscriptionName): Promise<SubscriptionRecord> {
    const subscription = await store.findSubscription(executor, name);
    if (subscription !== undefined) return subscription;
    throw eventsError('SUBSCRIPTION_NOT_FOUND', { subscription: formatSubscriptionName(name) });
  }
}

function checkFields({ subscription }: SubscriptionName, { registry, device }: SubscriptionFields): void {
  const isFit = {
    subscription: isResourceId(subscription),
    registry: registry === undefined || isResourceId(registry),
    device: device === undefined || isResourceId(device) || isNumericId(device),
  };
  for (const [field, fit] of Object.entries(isFit)) {
    if (!fit) throw eventsError('SUBSCRIPTION_ID_UNFIT', { field, ...LIMITS.deviceIdLength });
  }
  if (device !== undefined && registry === undefined) throw eventsError('SUBSCRIPTION_DEVICE_WITHOUT_REGISTRY');
}
