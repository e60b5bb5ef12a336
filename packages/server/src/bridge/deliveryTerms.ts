import type { Properties } from '@mkiot/core/mqtt/properties';
import type { QoS } from '@mkiot/core/mqtt/qos';

/** What MQTT 5.0 lets a publisher tell those who get its message, section 3.3.2.3. Nobody who speaks 3.1.1 hears it. */
export type MessageProperties = Pick<
  Properties,
  | 'payloadFormatIndicator'
  | 'messageExpiryIntervalSeconds'
  | 'contentType'
  | 'responseTopic'
  | 'correlationData'
  | 'userProperties'
>;

/** What may become of a message that cannot be sent, or is not acknowledged, at once. */
export interface DeliveryTerms {
  /** The message goes at this QoS where the device was granted more. Absent: at what was granted. */
  readonly qos?: QoS;
  readonly properties?: MessageProperties;
  /** Wall clock: later the message is worth nothing. A kept session drops it then. Absent: it is worth something for ever. */
  readonly expiresAtMs?: number;
  /** In a kept session it may wait in the queue while there is too much on its way; otherwise it fails at once. */
  readonly mayWait?: boolean;
  /**
   * What the domain knows the message by: {@link SubscribeRoute.settled} is told it in a session that was resumed. The
   * domain brings such a message again by itself, so that its drop is no loss.
   */
  readonly reference?: number;
}
