import { ApiClient } from '@mkiot/core/api/client';
import type { PlatformAddress } from '../support/platformUser.ts';
import type { FoundEvent } from './eventCheck.ts';

const PULL_EVENTS = 1_000;

/**
 * A consumer that pulls and acknowledges through its subscription, across restarts of the platform. It keeps what it got by
 * sequence, for an event may come again.
 */
export class SubscriptionReader {
  readonly #name: string;
  readonly #token: string;
  readonly #found: (FoundEvent | undefined)[] = [];
  /** Sequences under which two different events came, and events that were called missed. */
  readonly violations: string[] = [];
  redeliveries = 0;

  constructor(name: string, token: string) {
    this.#name = name;
    this.#token = token;
  }

  async create(address: PlatformAddress): Promise<void> {
    await this.#api(address).subscriptions.create(address.project, this.#name);
  }

  /** Pulls until the platform goes away. */
  async readUntilGone(address: PlatformAddress): Promise<void> {
    try {
      for (;;) await this.#pull(address, false);
    } catch {
      // It was killed under us; what had been acknowledged need not come again, the rest must.
    }
  }

  /** Pulls until there is no more. */
  async readAll(address: PlatformAddress): Promise<void> {
    while ((await this.#pull(address, true)) > 0);
  }

  /** In the order of sequences. */
  get found(): readonly FoundEvent[] {
    return this.#found.filter((event) => event !== undefined);
  }

  async #pull(address: PlatformAddress, returnImmediately: boolean): Promise<number> {
    const { project } = address;
    const { subscriptions } = this.#api(address);
    const options = { maxMessages: PULL_EVENTS, returnImmediately };
    const { receivedMessages, missedEvents } = await subscriptions.pull(project, this.#name, options);
    if (missedEvents !== undefined) this.violations.push(`the subscription says that it missed ${missedEvents} events`);
    for (const { message } of receivedMessages) {
      const { data, attributes, messageId } = message;
      const text = Buffer.from(data, 'base64').toString();
      this.#note({ sequence: Number(messageId), device: attributes['deviceId'] ?? '', text });
    }
    const ackIds = receivedMessages.map(({ ackId }) => ackId);
    if (ackIds.length > 0) await subscriptions.acknowledge(project, this.#name, ackIds);
    return ackIds.length;
  }

  #note(event: FoundEvent): void {
    const known = this.#found[event.sequence];
    this.#found[event.sequence] = event;
    if (known === undefined) return;
    this.redeliveries++;
    if (known.device !== event.device || known.text !== event.text) {
      this.violations.push(`sequence ${event.sequence} named two different events`);
    }
  }

  #api({ loopbackPort }: PlatformAddress): ApiClient {
    return new ApiClient((path, init) => fetch(`http://127.0.0.1:${loopbackPort}${path}`, init), this.#token);
  }
}
