import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';

/** A version of MQTT that the device speaks. */
export type MqttVersion = '3.1.1' | '5';

/** The protocol levels that a CONNECT names them with. */
export const MQTT_VERSIONS: Readonly<Record<MqttVersion, ProtocolLevel>> = { '3.1.1': 4, '5': 5 };
