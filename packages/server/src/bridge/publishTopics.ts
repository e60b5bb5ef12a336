import { parseDeviceTopic } from '@mkiot/core/contract/deviceTopics';
import type { Principal, PublishRoute } from './hooks.ts';

/** Where a topic leads. */
export interface PublishTarget<P extends Principal> {
  readonly route: PublishRoute<P>;
  readonly subfolder: string;
}

/** A device publishes to a handful of topics; one that invents a new topic each time gains nothing from a memory. */
const REMEMBERED = 32;

/** Finds the route of the topics that one device may publish to, and remembers what it has found. */
export class PublishTopics<P extends Principal> {
  readonly #deviceId: string;
  readonly #routes: ReadonlyMap<string, PublishRoute<P>>;
  readonly #remembered = new Map<string, PublishTarget<P>>();

  constructor(deviceId: string, routes: ReadonlyMap<string, PublishRoute<P>>) {
    this.#deviceId = deviceId;
    this.#routes = routes;
  }

  /** The target of `topic`, or `undefined`: it is no topic of the contract, or not of this device. */
  find(topic: string): PublishTarget<P> | undefined {
    return this.#remembered.get(topic) ?? this.#parse(topic);
  }

  #parse(topic: string): PublishTarget<P> | undefined {
    const parsed = parseDeviceTopic(topic);
    if (parsed === undefined || parsed.device !== this.#deviceId) return undefined;
    const route = this.#routes.get(parsed.kind);
    if (route === undefined) return undefined;
    const target = { route, subfolder: parsed.subfolder };
    if (this.#remembered.size === REMEMBERED) this.#remembered.clear();
    this.#remembered.set(topic, target);
    return target;
  }
}
