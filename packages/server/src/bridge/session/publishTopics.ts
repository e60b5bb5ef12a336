import type { Principal, PublishRoute } from '../hooks.ts';
import type { TopicContract } from '../topicContract.ts';

/** Where a topic leads. */
export interface PublishTarget<P extends Principal> {
  readonly route: PublishRoute<P>;
  readonly subfolder: string;
}

/** A device publishes to a handful of topics; one that invents a new topic each time gains nothing from a memory. */
const REMEMBERED = 32;

/** Finds the route of the topics that one device may publish to, and remembers what it has found. */
export class PublishTopics<P extends Principal> {
  readonly #contract: TopicContract;
  readonly #deviceId: string;
  readonly #routes: ReadonlyMap<string, PublishRoute<P>>;
  readonly #remembered = new Map<string, PublishTarget<P>>();

  constructor(contract: TopicContract, deviceId: string, routes: ReadonlyMap<string, PublishRoute<P>>) {
    this.#contract = contract;
    this.#deviceId = deviceId;
    this.#routes = routes;
  }

  /** The target of `topic`, or `undefined`: it is no topic of the contract, or not of this device. */
  find(topic: string): PublishTarget<P> | undefined {
    return this.#remembered.get(topic) ?? this.#parse(topic);
  }

  #parse(topic: string): PublishTarget<P> | undefined {
    const parsed = this.#contract.publishTopic(this.#deviceId, topic);
    if (parsed === undefined) return undefined;
    const route = this.#routes.get(parsed.kind);
    if (route === undefined) return undefined;
    const target = { route, subfolder: parsed.subfolder };
    if (this.#remembered.size === REMEMBERED) this.#remembered.clear();
    this.#remembered.set(topic, target);
    return target;
  }
}
