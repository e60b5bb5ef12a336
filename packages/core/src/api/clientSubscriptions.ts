import { type ApiCaller, apiPath } from './clientCaller.ts';
import type { ReceivedMessage, Subscription } from './resources.ts';

/** What may be said of a subscription at its creation. */
export type SubscriptionFields = Partial<Pick<Subscription, 'registry' | 'device' | 'ackDeadlineSeconds' | 'hold'>>;

export interface PullOptions {
  readonly maxMessages: number;
  readonly returnImmediately?: boolean;
  readonly signal?: AbortSignal;
}

export interface PulledMessages {
  readonly receivedMessages: readonly ReceivedMessage[];
  /** Events that retention removed before they could be delivered, where there were any. */
  readonly missedEvents?: string;
}

/** Durable cursors over the event log, with the pull semantics of Pub/Sub: at least once, until acknowledged. */
export class SubscriptionsClient {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  create(project: string, id: string, fields: SubscriptionFields = {}): Promise<Subscription> {
    return this.#caller.call('POST', subscriptionsPath(project), { body: { ...fields, id } });
  }

  get(project: string, id: string): Promise<Subscription> {
    return this.#caller.call('GET', subscriptionPath(project, id));
  }

  list(project: string): AsyncGenerator<Subscription, void, undefined> {
    return this.#caller.pages(subscriptionsPath(project), 'subscriptions');
  }

  async delete(project: string, id: string): Promise<void> {
    await this.#caller.call('DELETE', subscriptionPath(project, id));
  }

  /**
   * The next events, at most 1000. Waits a few seconds for the first unless told not to; no messages say that none came.
   */
  pull(project: string, id: string, options: PullOptions): Promise<PulledMessages> {
    const { maxMessages, returnImmediately = false, signal } = options;
    const path = subscriptionPath(project, id, 'pull');
    return this.#caller.call('POST', path, { body: { maxMessages, returnImmediately }, signal });
  }

  /** These need not be delivered again: at most 5000 at once. */
  async acknowledge(project: string, id: string, ackIds: readonly string[]): Promise<void> {
    await this.#caller.call('POST', subscriptionPath(project, id, 'acknowledge'), { body: { ackIds } });
  }
}

function subscriptionsPath(project: string): string {
  return apiPath(`projects/${project}/subscriptions`);
}

function subscriptionPath(project: string, id: string, verb = ''): string {
  return apiPath(`projects/${project}/subscriptions/${id}`, verb);
}
