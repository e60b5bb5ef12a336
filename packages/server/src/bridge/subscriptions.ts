import type { Properties } from '@mkiot/core/mqtt/properties';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import { REASON_CODES } from '@mkiot/core/mqtt/reasonCodes';
import { SUBACK_FAILURE } from '@mkiot/core/mqtt/suback';
import { isShared } from '@mkiot/core/mqtt/topics';

/** What a device has subscribed to, and how its messages are sent. */
export interface GrantedSubscription {
  readonly qos: 0 | 1;
  /** The subscription identifier that the device has given, for each message. */
  readonly properties: Properties | undefined;
}

/** What SUBACK says about a filter that is not a topic of the device. */
export function refusedFilterCode(filter: string, level: ProtocolLevel): number {
  if (level === 4) return SUBACK_FAILURE;
  if (isShared(filter)) return REASON_CODES.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED.code;
  return /[+#]/.test(filter)
    ? REASON_CODES.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED.code
    : REASON_CODES.NOT_AUTHORIZED.code;
}
