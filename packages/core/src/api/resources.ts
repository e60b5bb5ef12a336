// The JSON resources of the Cloud IoT v1 REST API (`google/cloud/iot/v1/resources.proto`), as far as MkIoT has them.
// 64-bit integers are decimal strings, bytes are standard base64 with padding, times are RFC 3339 with `Z`.

import type { Permission } from '../contract/permissions.ts';

/** Key formats of a device credential with their protobuf number. */
export const PUBLIC_KEY_FORMATS = {
  UNSPECIFIED_PUBLIC_KEY_FORMAT: 0,
  RSA_X509_PEM: 1,
  ES256_PEM: 2,
  RSA_PEM: 3,
  ES256_X509_PEM: 4,
} as const;
export type PublicKeyFormat = keyof typeof PUBLIC_KEY_FORMATS;

export const LOG_LEVELS = { LOG_LEVEL_UNSPECIFIED: 0, NONE: 10, ERROR: 20, INFO: 30, DEBUG: 40 } as const;
export type LogLevel = keyof typeof LOG_LEVELS;

export const MQTT_STATES = { MQTT_STATE_UNSPECIFIED: 0, MQTT_ENABLED: 1, MQTT_DISABLED: 2 } as const;
export type MqttState = keyof typeof MQTT_STATES;

export const HTTP_STATES = { HTTP_STATE_UNSPECIFIED: 0, HTTP_ENABLED: 1, HTTP_DISABLED: 2 } as const;
export type HttpState = keyof typeof HTTP_STATES;

export const GATEWAY_TYPES = { GATEWAY_TYPE_UNSPECIFIED: 0, GATEWAY: 1, NON_GATEWAY: 2 } as const;
export type GatewayType = keyof typeof GATEWAY_TYPES;

export const GATEWAY_AUTH_METHODS = {
  GATEWAY_AUTH_METHOD_UNSPECIFIED: 0,
  ASSOCIATION_ONLY: 1,
  DEVICE_AUTH_TOKEN_ONLY: 2,
  ASSOCIATION_AND_DEVICE_AUTH_TOKEN: 3,
} as const;
export type GatewayAuthMethod = keyof typeof GATEWAY_AUTH_METHODS;

export interface PublicKeyCredential {
  readonly format: PublicKeyFormat;
  readonly key: string;
}

export interface DeviceCredential {
  readonly publicKey: PublicKeyCredential;
  /** Absent: the key does not expire. */
  readonly expirationTime?: string;
}

/** What makes a device a gateway, and the gateway that a device went through last. Over MQTT no device can attach to one yet. */
export interface GatewayConfig {
  readonly gatewayType: GatewayType;
  readonly gatewayAuthMethod: GatewayAuthMethod;
  readonly lastAccessedGatewayId?: string;
  readonly lastAccessedGatewayTime?: string;
}

export interface DeviceConfig {
  readonly version: string;
  readonly cloudUpdateTime: string;
  readonly deviceAckTime?: string;
  readonly binaryData: string;
}

export interface DeviceState {
  readonly updateTime: string;
  readonly binaryData: string;
}

/** `google.rpc.Status` */
export interface ErrorStatus {
  readonly code: number;
  readonly message: string;
}

/** The newest session of a device. */
export interface DeviceSession {
  /** Of two sessions of the platform the one with the higher epoch is the newer. */
  readonly epoch: string;
  readonly connectTime: string;
  readonly remoteAddress: string;
  /** 4: MQTT 3.1.1. 5: MQTT 5.0. */
  readonly protocolLevel: number;
  /** What the device promised; `0s`: nothing. */
  readonly keepAlive: string;
  /** When its last packet came, whatever it was. */
  readonly lastHeardTime: string;
  /** The session is ended then, unless the device is heard before. Only while it is connected. */
  readonly expectedByTime?: string;
}

/** How a session ended: `message` is for people, `code` for programs. */
export interface DeviceDisconnect {
  readonly epoch: string;
  readonly time: string;
  readonly code: string;
  readonly by: 'CLIENT' | 'SERVER';
  readonly message: string;
}

/** Whether a device is connected. */
export interface DevicePresence {
  readonly connected: boolean;
  /** Since when it is, or is not. Absent: it never was connected. */
  readonly sinceTime?: string;
  readonly session?: DeviceSession;
  /** The newest end of a session; while the device is connected, that of a session before. */
  readonly lastDisconnect?: DeviceDisconnect;
}

/** A message that waits for a device in its kept session. */
export interface QueuedMessage {
  /** Its number in the session. */
  readonly id: string;
  readonly kind: string;
  readonly subfolder: string;
  readonly payloadBytes: number;
  readonly queueTime: string;
  /** The device may have it. */
  readonly wasSent: boolean;
  /** It is dropped then. Absent: it is not. */
  readonly expireTime?: string;
}

/** A message that the device did not get, or did not acknowledge. */
export interface DroppedMessage extends Omit<QueuedMessage, 'expireTime'> {
  readonly dropTime: string;
  /** `EXPIRED`, `SESSION_EXPIRED`, `SESSION_ENDED`, `CLEAN_START`, `REFUSED`, `TOO_LARGE` */
  readonly reason: string;
}

/** The session that outlives the connections of a device, as far as there is one. */
export interface KeptSession {
  readonly kept: boolean;
  /** When it ends if the device does not come back. Absent while it is connected. */
  readonly expireTime?: string;
  readonly subscriptions: readonly { readonly kind: string; readonly qos: number }[];
  readonly messages: readonly QueuedMessage[];
  /** The last 20, newest first; those of sessions before too. */
  readonly droppedMessages: readonly DroppedMessage[];
}

/** Refused logins of one device from one address for one cause. */
export interface FailedLogin {
  /** The name that was claimed, long ids cut; absent: it was none. Anybody can claim any name. */
  readonly device?: string;
  /** Absent: there is no such device. */
  readonly deviceNumId?: string;
  readonly remoteAddress: string;
  /** The cause, which the other side is not told: `message` is for people, `code` for programs. */
  readonly code: string;
  readonly message: string;
  readonly count: string;
  readonly firstTime: string;
  readonly lastTime: string;
}

/** How a device came into its registry where no person made it: what a station has signed of it, or by which ticket it came. */
export interface DeviceProvenance {
  /** Id of the station. */
  readonly station?: string;
  /** Id of the record that the station has signed, base64url. */
  readonly unitRecord?: string;
  /** Id of the enrolment ticket, which is not its text. */
  readonly ticket?: string;
  /** Factory address of the chip. */
  readonly mac?: string;
  /** Its name, and its silicon revision as 100 · major + minor. */
  readonly chip?: { readonly name: string; readonly revision: number };
  /** SHA-256 of the eFuse blocks as the station read them, hexadecimal. */
  readonly efuseSha256?: string;
  readonly registerTime: string;
}

export interface Device {
  readonly id: string;
  /** Always ends in the numeric id. */
  readonly name: string;
  readonly numId: string;
  readonly credentials: readonly DeviceCredential[];
  readonly blocked: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly logLevel: LogLevel;
  readonly gatewayConfig: GatewayConfig;
  readonly config?: DeviceConfig;
  readonly state?: DeviceState;
  /** The device's last PINGREQ. */
  readonly lastHeartbeatTime?: string;
  readonly lastEventTime?: string;
  readonly lastStateTime?: string;
  readonly lastConfigAckTime?: string;
  readonly lastConfigSendTime?: string;
  readonly lastErrorTime?: string;
  readonly lastErrorStatus?: ErrorStatus;
  /** MkIoT's own; Google's clients do not ask for it. */
  readonly presence?: DevicePresence;
  /** MkIoT's own, as presence is. */
  readonly provenance?: DeviceProvenance;
}

/**
 * What a device has to show beside its key, from the least to the most: a token that names a time by its own clock, a nonce
 * that came from the server, or such a nonce signed together with the TLS connection it is used on.
 */
export const DEVICE_LOGINS = { CLOCK_ALLOWED: 1, NONCE_REQUIRED: 2, EXPORTER_REQUIRED: 3 } as const;
export type DeviceLogin = keyof typeof DEVICE_LOGINS;

/** What becomes of the wills of devices: nothing, as at IoT Core, or an event that says that it is one. */
export const WILL_HANDLINGS = { IGNORE: 1, PUBLISH: 2 } as const;
export type WillHandling = keyof typeof WILL_HANDLINGS;

/** What MkIoT adds to a registry. Durations as protobuf writes them: seconds with an `s`. */
export interface RegistryPolicy {
  /** Longest life of a device token, at most `86400s`. */
  readonly maxTokenLifetime: string;
  /** Longest life of a session, at most `86400s`. */
  readonly maxSession: string;
  /** Exactly one state a second, without the burst that MkIoT allows otherwise. */
  readonly strictStateRate: boolean;
  /** 1: a device that publishes at QoS 2 is closed. 2: full QoS 2, both ways. */
  readonly maximumQos: 1 | 2;
  readonly wills: WillHandling;
  readonly deviceLogin: DeviceLogin;
}

/** Formats of a registry's own certificates with their protobuf number. */
export const PUBLIC_KEY_CERTIFICATE_FORMATS = {
  UNSPECIFIED_PUBLIC_KEY_CERTIFICATE_FORMAT: 0,
  X509_CERTIFICATE_PEM: 1,
} as const;
export type PublicKeyCertificateFormat = keyof typeof PUBLIC_KEY_CERTIFICATE_FORMATS;

/** What a certificate says of itself; output only. */
export interface X509CertificateDetails {
  readonly issuer: string;
  readonly subject: string;
  readonly startTime: string;
  readonly expiryTime: string;
  readonly signatureAlgorithm: string;
  readonly publicKeyType: string;
}

/** A certificate that signs the certificates of the registry's devices. */
export interface RegistryCredential {
  readonly publicKeyCertificate: {
    readonly format: PublicKeyCertificateFormat;
    readonly certificate: string;
    readonly x509Details?: X509CertificateDetails;
  };
}

export interface DeviceRegistry {
  readonly id: string;
  readonly name: string;
  readonly mqttConfig: { readonly mqttEnabledState: MqttState };
  readonly httpConfig: { readonly httpEnabledState: HttpState };
  readonly logLevel: LogLevel;
  readonly credentials: readonly RegistryCredential[];
  /** MkIoT's own; Google's clients do not ask for it. */
  readonly policy?: RegistryPolicy;
}

/** A Pub/Sub message as IoT Core's bridge made it: `attributes` name the device, `data` is the payload. */
export interface EventMessage {
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The event's sequence number in the log. */
  readonly messageId: string;
  readonly publishTime: string;
}

/** What a tail tells in place of events that came faster than they could be sent. */
export interface MissedEvents {
  /** How many; with a filter, at most so many. */
  readonly missedEvents: string;
}

export interface ReceivedMessage {
  readonly ackId: string;
  readonly message: EventMessage;
}

/** A durable cursor over the event log. */
export interface Subscription {
  readonly id: string;
  readonly name: string;
  /** Only events of registries with this id; absent: all. */
  readonly registry?: string;
  /** Only events of this device of that registry, by id or numeric id; absent: all. */
  readonly device?: string;
  readonly ackDeadlineSeconds: number;
  /** Whether events stay in the log until they are acknowledged, however old and many. */
  readonly hold: boolean;
  readonly createTime: string;
  /** How many events were removed by retention before they were acknowledged; with a filter, at most so many. */
  readonly missedEvents: string;
}

/** Who calls the API, and what short names mean on this server. */
export interface CallerInfo {
  /** As the audit trail names the caller. */
  readonly principal: string;
  readonly permissions: readonly Permission[];
  readonly project: string;
  readonly location: string;
  /** The default registry. */
  readonly registry: string;
}

/** An error as Google's APIs answer it; `details` holds an `ErrorInfo` whose `reason` is MkIoT's stable code. */
export interface ProblemResponse {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status: string;
    readonly details: readonly Readonly<Record<string, unknown>>[];
  };
}
