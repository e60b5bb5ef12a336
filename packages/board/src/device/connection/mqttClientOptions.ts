import type { Clock } from '@mkiot/core/clock/clock';
import type { LoginProperties } from '@mkiot/core/deviceLogin/loginProperties';
import type { ProtocolLevel } from '@mkiot/core/mqtt/protocolLevel';
import type { ByteStream } from './byteStream.ts';
import type { LoginProof } from './connectPacket.ts';

/** Times in milliseconds. */
export interface MqttClientSettings {
  /** Whole seconds. IoT Core advises a minute or more. */
  readonly keepAliveMs: number;
  readonly pingTimeoutMs: number;
  /** How long a PUBLISH at QoS 1 or a SUBSCRIBE may stay without answer before the connection is given up. */
  readonly answerTimeoutMs: number;
  /** How many packets may wait for their answer at once. */
  readonly maxInFlight: number;
}

export const MQTT_CLIENT_SETTINGS: MqttClientSettings = {
  keepAliveMs: 60_000,
  pingTimeoutMs: 10_000,
  answerTimeoutMs: 60_000,
  maxInFlight: 32,
};

export interface MqttConnectOptions {
  readonly stream: ByteStream;
  readonly clock: Clock;
  readonly settings: MqttClientSettings;
  readonly protocolLevel: ProtocolLevel;
  readonly clientId: string;
  readonly proof: LoginProof;
  /** Told a refusal, its code and what the server adds to it, before `connect` throws. */
  readonly onRefused?: (code: number, login: LoginProperties) => void;
  /**
   * One message of a subscription. The next one is not read, and this one not acknowledged, before the promise resolves,
   * so it must not wait for anything from the server. `payload` is a view that ends with the call: copy what is kept.
   * What resolves to `false` is not acknowledged at all: the server has to send it again.
   */
  readonly onMessage: (topic: string, payload: Uint8Array) => Promise<boolean>;
}
