import type { ApiCaller } from './clientCaller.ts';
import { apiPath } from './clientCaller.ts';
import type { ReceivedMessage, Subscription } from './resources.ts';

/** What may be said of a subscription at its creation. */
export type SubscriptionFields = Partial<Pick<Subscription, 'registry' | 'ackDeadlineSeconds'>>;

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

  /** Waits a few seconds for the first event; an empty answer says that none came. */
  async pull(
    project: string,
    id: string,
    maxMessages: number,
    signal?: AbortSignal,
  ): Promise<readonly ReceivedMessage[]> {
    const path = subscriptionPath(project, id, 'pull');
    const { receivedMessages } = await this.#caller.call<{ receivedMessages?: ReceivedMessage[] }>('POST', path, {
      body: { maxMessages },
      signal,
    });
    return receivedMessages ?? [];
  }

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
