import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { QoS } from '@mkiot/core/mqtt/qos';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import { encodeSuback, SUBACK_FAILURE } from '@mkiot/core/mqtt/suback';
import type { SubscribePacket } from '@mkiot/core/mqtt/subscribe';
import { isShared } from '@mkiot/core/mqtt/topics';
import { encodeUnsuback } from '@mkiot/core/mqtt/unsuback';
import type { UnsubscribePacket } from '@mkiot/core/mqtt/unsubscribe';
import type { BridgeContext } from '../bridgeContext.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { GrantedRoute } from './grantedRoute.ts';
import type { Principal } from '../hooks.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import type { OpenSession } from './openSession.ts';

/** What a device has subscribed to, each of its topics at most once. */
export class Subscriptions<P extends Principal> {
  readonly #context: BridgeContext<P>;
  readonly #session: OpenSession<P>;
  readonly #outgoing: Outgoing;
  readonly #client: ClientTerms;
  readonly #maximumQoS: QoS;
  readonly #gateway: Gateway<P> | undefined;

  /** @param gateway what the device subscribes to for others; `undefined`: it is no gateway */
  constructor(
    context: BridgeContext<P>,
    session: OpenSession<P>,
    outgoing: Outgoing,
    client: ClientTerms,
    maximumQoS: QoS,
    gateway: Gateway<P> | undefined,
  ) {
    this.#context = context;
    this.#session = session;
    this.#outgoing = outgoing;
    this.#client = client;
    this.#maximumQoS = maximumQoS;
    this.#gateway = gateway;
  }

  subscribe(packet: SubscribePacket): void {
    const { packetId, subscriptions } = packet;
    // One that is named twice is told to its route once: else a small packet could ask for many large messages.
    const granted = new Map<string, GrantedRoute<P>>();
    const returnCodes = subscriptions.map(({ filter, qos }) => {
      const grant = this.#grant(filter, qos, packet);
      if (grant === undefined) return refusedFilterCode(filter, this.#client.level);
      granted.set(filter, grant);
      return grant.qos;
    });
    this.#session.state.save();
    this.#outgoing.send(encodeSuback({ type: 'SUBACK', packetId, returnCodes }, this.#client.level));
    for (const { route, session, qos } of granted.values()) {
      if (this.#session.isOpen) route.subscribed(session, qos);
    }
  }

  unsubscribe({ packetId, filters }: UnsubscribePacket): void {
    const { SUCCESS, NO_SUBSCRIPTION_EXISTED } = REASON_CODES;
    const granted = this.#session.state.subscriptions;
    const reasonCodes = filters.map((filter) => {
      const kind = this.#context.topics.subscribeFilter(this.#session.principal.deviceId, filter);
      const existed = kind === undefined ? this.#gateway?.unsubscribe(filter) === true : granted.delete(kind);
      return existed ? SUCCESS.code : NO_SUBSCRIPTION_EXISTED.code;
    });
    this.#session.state.save();
    this.#outgoing.send(encodeUnsuback({ type: 'UNSUBACK', packetId, reasonCodes }, this.#client.level));
  }

  #grant(filter: string, qos: QoS, { packetId, properties }: SubscribePacket): GrantedRoute<P> | undefined {
    const { topics, subscribeRoutes } = this.#context;
    const { principal, state } = this.#session;
    const identifiers = properties?.subscriptionIdentifiers;
    const kind = topics.subscribeFilter(principal.deviceId, filter);
    if (kind === undefined) return this.#gateway?.subscribe(filter, qos, packetId, identifiers);
    const route = subscribeRoutes.get(kind);
    const maximumQoS = route?.grants === undefined ? this.#maximumQoS : route.grants(principal);
    if (route === undefined || maximumQoS === undefined) return undefined;
    const grantedQoS = qos > maximumQoS ? maximumQoS : qos;
    state.subscriptions.set(kind, { qos: grantedQoS, identifiers });
    return { session: this.#session, route, qos: grantedQoS };
  }
}

/** What SUBACK says about a filter that is not a topic of the device. */
function refusedFilterCode(filter: string, level: ProtocolLevel): number {
  if (level === 4) return SUBACK_FAILURE;
  if (isShared(filter)) return REASON_CODES.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED.code;
  return /[+#]/.test(filter)
    ? REASON_CODES.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED.code
    : REASON_CODES.NOT_AUTHORIZED.code;
}
