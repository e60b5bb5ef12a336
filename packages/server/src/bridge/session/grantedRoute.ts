import type { QoS } from '@mkiot/core/mqtt/qos';
import type { Principal, Session, SubscribeRoute } from '../hooks.ts';

/** A subscription that a SUBSCRIBE has brought: whose it is, and which route hears of it. */
export interface GrantedRoute<P extends Principal> {
  readonly session: Session<P>;
  readonly route: SubscribeRoute<P>;
  readonly qos: QoS;
}
