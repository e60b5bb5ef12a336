import { digestOf } from '../auditTrail/digest.ts';
import type { DeviceFields, RegistryFields } from './model.ts';

/** Fields by name as the audit trail tells them: keys and certificates as digests only. */
export type Audited = Readonly<Record<string, unknown>>;

export function auditedRegistry(fields: RegistryFields): Audited {
  const { mqttState, httpState, logLevel, policy } = fields;
  return { mqttState, httpState, logLevel, policy, certificates: fields.certificates.map((pem) => digestOf(pem)) };
}

export function auditedDevice(fields: DeviceFields): Audited {
  const { blocked, metadata, logLevel, gatewayType, gatewayAuthMethod } = fields;
  const credentials = fields.credentials.map(({ format, pem, expiresAtMs }) => {
    return { format, key: digestOf(pem), expiresAtMs };
  });
  return { blocked, metadata, logLevel, gatewayType, gatewayAuthMethod, credentials };
}

/** Of `audited`, what a patch of `names` touched. */
export function narrowTo(audited: Audited, names: readonly string[]): Audited {
  return Object.fromEntries(names.map((name) => [name, audited[name]]));
}
