import type { QoS } from '@mkiot/core/mqtt/qos';
import type { MessageProperties } from '../deliveryTerms.ts';

/** The Will Message of a CONNECT, section 3.1.2.5, whose topic has been found to be the device's own. */
export interface Will {
  readonly kind: string;
  readonly subfolder: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  /** Of MQTT 5.0. */
  readonly properties: MessageProperties | undefined;
  /** How long a session that outlives its connection holds it back, MQTT 5.0, section 3.1.3.2.2. */
  readonly delaySeconds: number;
}
