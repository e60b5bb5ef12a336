// IoT Core, "Error notifications" of gateways: what a gateway is told on `/devices/{gateway}/errors`.
import { utf8Encode } from '../bytes/bytes.ts';

/** The types that are sent here, with what each says of a device. Texts that clients of IoT Core have seen are IoT Core's. */
const DESCRIPTIONS = {
  GATEWAY_ATTACHMENT_ERROR: (device: string) =>
    `The specified device with ID '${device}' could not be attached to the gateway.`,
  GATEWAY_DEVICE_NOT_FOUND: (device: string) =>
    `The specified device with ID '${device}' is not attached to the gateway.`,
  GATEWAY_DETACHMENT_DEVICE_ERROR: () => 'Device detached because of a device error.',
  GATEWAY_INVALID_MQTT_TOPIC: (device: string) =>
    `The topic is none that a gateway uses for the device with ID '${device}'.`,
} as const;

export type GatewayErrorType = keyof typeof DESCRIPTIONS;

/** The packet of the gateway that an error is about. */
export interface GatewayErrorMessage {
  readonly type: 'PUBLISH' | 'SUBSCRIBE';
  /** Or the filter. */
  readonly topic: string;
  /** Absent at QoS 0. */
  readonly packetId: number | undefined;
}

export interface GatewayError {
  readonly type: GatewayErrorType;
  readonly deviceId: string;
  /** Absent where none has caused it. */
  readonly message?: GatewayErrorMessage | undefined;
  /** A sentence more. */
  readonly detail?: string | undefined;
}

/** The payload that tells a gateway of an error: JSON with the members that IoT Core gave it. */
export function encodeGatewayError({ type, deviceId, message, detail }: GatewayError): Uint8Array {
  const description = DESCRIPTIONS[type](deviceId);
  return utf8Encode(
    JSON.stringify({
      error_type: type,
      description: detail === undefined ? description : `${description} ${detail}`,
      device_id: deviceId,
      mqtt_message_info: message && {
        message_type: message.type,
        topic: message.topic,
        packet_id: message.packetId,
      },
    }),
  );
}
