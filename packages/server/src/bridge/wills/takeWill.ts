import type { ConnectPacket } from '@mkiot/core/mqtt/connect';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import type { BridgeContext } from '../bridgeContext.ts';
import { closeReason } from '../closeReasons.ts';
import type { CloseReason, Principal } from '../hooks.ts';
import type { Will } from './will.ts';

/** What becomes of the will in a CONNECT; neither: there is none, or it is ignored. */
export interface TakenWill {
  readonly will?: Will;
  /** Why the login is refused. */
  readonly refusal?: CloseReason;
}

/**
 * Looks at the will of a device that has shown who it is. Its Will Retain is treated as the RETAIN of a PUBLISH: refused at
 * protocol level 5 before, ignored at level 4. At level 4 an ignored will may be anything, as at IoT Core.
 */
export function takeWill<P extends Principal>(
  { hooks, publishRoutes, topics, log }: BridgeContext<P>,
  { will, protocolLevel }: ConnectPacket,
  principal: P,
  maximumQoS: 1 | 2,
): TakenWill {
  if (will === undefined) return {};
  const isPublished = hooks.wills?.arePublished(principal) ?? false;
  const { topic, qos, payload, properties: given } = will;
  if (qos > maximumQoS && (isPublished || protocolLevel === 5)) {
    return { refusal: closeReason('NOT_OFFERED', 'Its will is at QoS 2.', REASON_CODES.QOS_NOT_SUPPORTED.code) };
  }
  if (!isPublished) {
    log.warn({ device: principal.deviceId }, 'the will of a device is ignored');
    return {};
  }
  const place = topics.publishTopic(principal.deviceId, topic);
  if (place === undefined || publishRoutes.get(place.kind)?.takesWills !== true) {
    return { refusal: closeReason('WILL_TOPIC') };
  }
  const { kind, subfolder } = place;
  const { willDelayIntervalSeconds: delaySeconds = 0, ...properties } = given ?? {};
  return { will: { kind, subfolder, payload, qos, properties, delaySeconds } };
}
