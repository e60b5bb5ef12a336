import { encodeGatewayError, type GatewayError } from '@mkiot/core/contract/gatewayErrors';
import type { Principal, Session, SubscribeRoute } from '../hooks.ts';

const KIND = 'errors';

/** `/devices/{gateway}/errors`, for gateways alone and at QoS 0 (IoT Core, "Error notifications"). */
export function errorsTopic<P extends Principal>(isGateway: (principal: P) => boolean): SubscribeRoute<P> {
  return {
    kind: KIND,
    grants: (principal) => (isGateway(principal) ? 0 : undefined),
    subscribed: () => undefined,
  };
}

/** Tells a gateway what went wrong with the devices behind it. Heard by who has subscribed. */
export class GatewayFeedback {
  readonly #gateway: Session<Principal>;

  constructor(gateway: Session<Principal>) {
    this.#gateway = gateway;
  }

  tell(error: GatewayError): void {
    if (this.#gateway.subscriptionQos(KIND) === undefined) return;
    this.#gateway.deliver(KIND, '', encodeGatewayError(error), () => undefined);
  }
}
