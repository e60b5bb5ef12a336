import type { MqttVersion } from '@mkiot/board/device/connection/mqttVersion';

/** What the herd is told, as one line of JSON on its standard input. */
export interface HerdJob {
  readonly port: number;
  readonly caPem: string;
  readonly mqttVersion: MqttVersion;
  /** Their tokens are for this project. */
  readonly audience: string;
  readonly devices: readonly HerdMember[];
  /** The devices start evenly spread over this many milliseconds. */
  readonly startSpreadMs: number;
}

export interface HerdMember {
  readonly clientId: string;
  readonly privateKeyPem: string;
}

/** What the herd says each time all of it is connected, as a line of JSON on its standard output. Times since 1970. */
export interface HerdGathering {
  readonly connected: number;
  readonly firstLoginMs: number;
  readonly lastLoginMs: number;
  /** Logins that the platform has refused since the gathering before. */
  readonly refused: number;
  /** Why tries have come to nothing since then: how often each error code. */
  readonly failures: Readonly<Record<string, number>>;
}
