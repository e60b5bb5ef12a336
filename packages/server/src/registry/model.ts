import type {
  DeviceLogin,
  GatewayAuthMethod,
  GatewayType,
  HttpState,
  LogLevel,
  MqttState,
  PublicKeyFormat,
  WillHandling,
} from '@mkiot/core/api/resources';
import type { DeviceName, RegistryName } from '@mkiot/core/contract/resourceNames';

/** A registry's own rules, beside IoT Core's. Times in milliseconds. */
export interface RegistryPolicyRecord {
  readonly maxTokenLifetimeMs: number;
  readonly maxSessionMs: number;
  readonly strictStateRate: boolean;
  readonly maximumQos: 1 | 2;
  readonly wills: WillHandling;
  readonly deviceLogin: DeviceLogin;
}

export interface RegistryRecord {
  readonly key: number;
  readonly project: string;
  readonly location: string;
  readonly id: string;
  readonly mqttState: MqttState;
  readonly httpState: HttpState;
  readonly logLevel: LogLevel;
  readonly policy: RegistryPolicyRecord;
  /** PEM texts: where there is one, each new device key must be a certificate signed by one of them. */
  readonly certificates: readonly string[];
}

/** What of a registry its owner sets. */
export type RegistryFields = Pick<RegistryRecord, 'mqttState' | 'httpState' | 'logLevel' | 'policy' | 'certificates'>;

/** What an update of a registry sets. */
export type RegistryPatch = Partial<Omit<RegistryFields, 'policy'>> & {
  readonly policy?: Partial<RegistryPolicyRecord>;
};

/** A public key of a device. */
export interface CredentialRecord {
  /** Never used again: a session remembers by it which key it logged in with. */
  readonly id: number;
  readonly format: PublicKeyFormat;
  /** The PEM text as it was given, certificate or key. */
  readonly pem: string;
  /** Milliseconds since 1970; undefined: never. */
  readonly expiresAtMs: number | undefined;
}

/** A public key that is to be a device's. */
export type CredentialFields = Omit<CredentialRecord, 'id'>;

export interface DeviceRecord {
  /** Random, never used again, a safe integer. */
  readonly numId: number;
  readonly registry: RegistryRecord;
  readonly id: string;
  readonly blocked: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly logLevel: LogLevel;
  readonly gatewayType: GatewayType;
  readonly gatewayAuthMethod: GatewayAuthMethod;
  readonly credentials: readonly CredentialRecord[];
}

/** A device as its logins know it: without what may be large, and no login asks for. */
export type DeviceAtLogin = Omit<DeviceRecord, 'metadata'>;

/** What of a device its owner sets. */
export type DeviceFields = Pick<
  DeviceRecord,
  'blocked' | 'metadata' | 'logLevel' | 'gatewayType' | 'gatewayAuthMethod'
> & { readonly credentials: readonly CredentialFields[] };

/** Told after a change of a device has been committed. `device` is undefined when it was deleted. */
export interface DeviceChange {
  readonly numId: number;
  readonly device: DeviceRecord | undefined;
}

/** Told after a change of a registry's own settings has been committed. Its devices' sessions hold the old record. */
export interface RegistryChange {
  readonly before: RegistryRecord;
  readonly after: RegistryRecord;
}

/** A device that has logged in, or for which a gateway has: the principal of its session. */
export interface DevicePrincipal {
  /** The numeric id. */
  readonly key: number;
  readonly deviceId: string;
  readonly registry: RegistryRecord;
  /** The key it logged in with; of a device for which a gateway acts, the gateway's. */
  readonly credentialId: number;
  /** It is a gateway, and may speak for others. */
  readonly isGateway?: boolean;
  /** The gateway that its messages go through; absent: it speaks for itself. */
  readonly gatewayId?: string;
  /** The gateway acts for it: it has shown no token of its own, and none of its keys can end its session. */
  readonly isActedFor?: boolean;
}

export function deviceNameOf(device: DeviceAtLogin): DeviceName {
  return { ...registryNameOf(device.registry), device: device.id };
}

export function registryNameOf({ project, location, id }: RegistryRecord): RegistryName {
  return { project, location, registry: id };
}
