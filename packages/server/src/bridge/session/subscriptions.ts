import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { QoS } from '@mkiot/core/mqtt/qos';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import { encodeSuback, SUBACK_FAILURE, type SubackReturnCode } from '@mkiot/core/mqtt/suback';
import type { SubscribePacket, Subscription } from '@mkiot/core/mqtt/subscribe';
import { isShared } from '@mkiot/core/mqtt/topics';
import { encodeUnsuback } from '@mkiot/core/mqtt/unsuback';
import type { UnsubscribePacket } from '@mkiot/core/mqtt/unsubscribe';
import type { BridgeContext } from '../bridgeContext.ts';
import type { Outgoing } from '../connection/outgoing.ts';
import type { Principal, SubscribeRoute } from '../hooks.ts';
import type { GrantedSubscription } from '../keptSessions/sessionState.ts';
import type { ClientTerms } from '../login/clientTerms.ts';
import type { OpenSession } from './openSession.ts';

/** What a device has subscribed to, each of its topics at most once. */
export class Subscriptions<P extends Principal> {
  readonly #context: BridgeContext<P>;
  readonly #session: OpenSession<P>;
  readonly #outgoing: Outgoing;
  readonly #client: ClientTerms;
  readonly #maximumQoS: QoS;

  constructor(
    context: BridgeContext<P>,
    session: OpenSession<P>,
    outgoing: Outgoing,
    client: ClientTerms,
    maximumQoS: QoS,
  ) {
    this.#context = context;
    this.#session = session;
    this.#outgoing = outgoing;
    this.#client = client;
    this.#maximumQoS = maximumQoS;
  }

  subscribe({ packetId, subscriptions, properties }: SubscribePacket): void {
    const granted = new Map<SubscribeRoute<P>, QoS>();
    const identifiers = properties?.subscriptionIdentifiers;
    const returnCodes = subscriptions.map((subscription) => this.#grant(subscription, identifiers, granted));
    this.#session.state.save();
    this.#outgoing.send(encodeSuback({ type: 'SUBACK', packetId, returnCodes }, this.#client.level));
    for (const [route, qos] of granted) {
      if (this.#session.isOpen) route.subscribed(this.#session, qos);
    }
  }

  unsubscribe({ packetId, filters }: UnsubscribePacket): void {
    const { SUCCESS, NO_SUBSCRIPTION_EXISTED } = REASON_CODES;
    const granted = this.#session.state.subscriptions;
    const reasonCodes = filters.map((filter) => {
      const kind = this.#context.topics.subscribeFilter(this.#session.principal.deviceId, filter);
      const existed = kind !== undefined && granted.delete(kind);
      return existed ? SUCCESS.code : NO_SUBSCRIPTION_EXISTED.code;
    });
    this.#session.state.save();
    this.#outgoing.send(encodeUnsuback({ type: 'UNSUBACK', packetId, reasonCodes }, this.#client.level));
  }

  /** A route named twice in one SUBSCRIBE is called once: else a small packet could ask for many large ones. */
  #grant(
    { filter, qos }: Subscription,
    identifiers: GrantedSubscription['identifiers'],
    granted: Map<SubscribeRoute<P>, QoS>,
  ): SubackReturnCode {
    const kind = this.#context.topics.subscribeFilter(this.#session.principal.deviceId, filter);
    const route = kind === undefined ? undefined : this.#context.subscribeRoutes.get(kind);
    if (kind === undefined || route === undefined) return refusedFilterCode(filter, this.#client.level);
    const grantedQoS = qos > this.#maximumQoS ? this.#maximumQoS : qos;
    this.#session.state.subscriptions.set(kind, { qos: grantedQoS, identifiers });
    granted.set(route, grantedQoS);
    return grantedQoS;
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
