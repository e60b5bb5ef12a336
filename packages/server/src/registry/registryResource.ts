import { z } from '@hono/zod-openapi';
import type { DeviceRegistry, RegistryCredential } from '@mkiot/core/api/resources';
import {
  DEVICE_LOGINS,
  HTTP_STATES,
  LOG_LEVELS,
  MQTT_STATES,
  PUBLIC_KEY_CERTIFICATE_FORMATS,
  WILL_HANDLINGS,
} from '@mkiot/core/api/resources';
import { formatRegistryName } from '@mkiot/core/contract/resourceNames';
import {
  bool,
  duration,
  enumOf,
  formatDuration,
  formatTimestamp,
  int32,
  message,
  outputOnly,
} from '../http/protoJson.ts';
import { readCertificate } from './certificate.ts';
import type { UpdatableFields } from './fieldPaths.ts';
import { type RegistryFields, registryNameOf, type RegistryRecord } from './model.ts';
import { registryError } from './registryErrors.ts';
import { REGISTRY_DEFAULTS } from './registryService.ts';

/** Longest PEM text of a key or certificate that is taken, in characters. */
export const PEM_CHARACTERS = 16_384;

const credentialMessage = message({
  publicKeyCertificate: message({
    format: enumOf(PUBLIC_KEY_CERTIFICATE_FORMATS).optional(),
    certificate: z.string().max(PEM_CHARACTERS),
    x509Details: outputOnly({ type: 'object' }),
  }),
});

/** `google.cloud.iot.v1.DeviceRegistry`, with MkIoT's `policy`. */
export const registryMessage = message({
  id: z.string().optional(),
  name: outputOnly({ type: 'string' }),
  eventNotificationConfigs: z.array(z.unknown()).optional(),
  stateNotificationConfig: message({ pubsubTopicName: z.string().optional() }).optional(),
  mqttConfig: message({ mqttEnabledState: enumOf(MQTT_STATES).optional() }).optional(),
  httpConfig: message({ httpEnabledState: enumOf(HTTP_STATES).optional() }).optional(),
  logLevel: enumOf(LOG_LEVELS).optional(),
  credentials: z.array(credentialMessage).optional(),
  policy: message({
    maxTokenLifetime: duration().optional(),
    maxSession: duration().optional(),
    strictStateRate: bool().optional(),
    maximumQos: int32({ min: 1, max: 2 }).optional(),
    wills: enumOf(WILL_HANDLINGS).optional(),
    deviceLogin: enumOf(DEVICE_LOGINS).optional(),
  }).optional(),
}).openapi('DeviceRegistry');

/** IoT Core's API, 3.4, and the policy. Notifications have no record: naming them clears what is always clear. */
export const REGISTRY_UPDATABLE: UpdatableFields = {
  mqttConfig: ['mqttState'],
  'mqttConfig.mqttEnabledState': ['mqttState'],
  httpConfig: ['httpState'],
  'httpConfig.httpEnabledState': ['httpState'],
  logLevel: ['logLevel'],
  credentials: ['certificates'],
  policy: ['policy'],
  'policy.maxTokenLifetime': ['policy.maxTokenLifetimeMs'],
  'policy.maxSession': ['policy.maxSessionMs'],
  'policy.strictStateRate': ['policy.strictStateRate'],
  'policy.maximumQos': ['policy.maximumQos'],
  'policy.wills': ['policy.wills'],
  'policy.deviceLogin': ['policy.deviceLogin'],
  eventNotificationConfigs: [],
  stateNotificationConfig: [],
};

/** The fields that the message gives, with the default where it is silent. Throws `NOTIFICATION_CONFIG_UNSUPPORTED`. */
export function registryFieldsOf(body: z.output<typeof registryMessage>): RegistryFields {
  const { mqttConfig, httpConfig, policy, credentials = [], eventNotificationConfigs = [] } = body;
  const unsupported = eventNotificationConfigs.length > 0 ? 'eventNotificationConfigs' : 'stateNotificationConfig';
  if (eventNotificationConfigs.length > 0 || (body.stateNotificationConfig?.pubsubTopicName ?? '') !== '') {
    throw registryError('NOTIFICATION_CONFIG_UNSUPPORTED', { field: unsupported });
  }
  const defaults = REGISTRY_DEFAULTS;
  return {
    // Unspecified means enabled.
    mqttState: mqttConfig?.mqttEnabledState === 'MQTT_DISABLED' ? 'MQTT_DISABLED' : 'MQTT_ENABLED',
    httpState: httpConfig?.httpEnabledState === 'HTTP_DISABLED' ? 'HTTP_DISABLED' : 'HTTP_ENABLED',
    logLevel: body.logLevel ?? defaults.logLevel,
    policy: {
      maxTokenLifetimeMs: policy?.maxTokenLifetime ?? defaults.policy.maxTokenLifetimeMs,
      maxSessionMs: policy?.maxSession ?? defaults.policy.maxSessionMs,
      strictStateRate: policy?.strictStateRate ?? defaults.policy.strictStateRate,
      maximumQos: policy?.maximumQos === undefined ? defaults.policy.maximumQos : policy.maximumQos === 2 ? 2 : 1,
      wills: policy?.wills ?? defaults.policy.wills,
      deviceLogin: policy?.deviceLogin ?? defaults.policy.deviceLogin,
    },
    certificates: credentials.map(({ publicKeyCertificate }) => publicKeyCertificate.certificate),
  };
}

export function registryResource(registry: RegistryRecord): DeviceRegistry {
  const { id, mqttState, httpState, logLevel, policy, certificates } = registry;
  return {
    id,
    name: formatRegistryName(registryNameOf(registry)),
    mqttConfig: { mqttEnabledState: mqttState },
    httpConfig: { httpEnabledState: httpState },
    logLevel,
    credentials: certificates.map(credentialResource),
    policy: {
      maxTokenLifetime: formatDuration(policy.maxTokenLifetimeMs),
      maxSession: formatDuration(policy.maxSessionMs),
      strictStateRate: policy.strictStateRate,
      maximumQos: policy.maximumQos,
      wills: policy.wills,
      deviceLogin: policy.deviceLogin,
    },
  };
}

function credentialResource(pem: string): RegistryCredential {
  const certificate = readCertificate(pem);
  const details = certificate === undefined ? {} : { x509Details: detailsOf(certificate) };
  return { publicKeyCertificate: { format: 'X509_CERTIFICATE_PEM', certificate: pem, ...details } };
}

function detailsOf(certificate: NonNullable<ReturnType<typeof readCertificate>>) {
  return {
    issuer: certificate.issuer.replaceAll('\n', ', '),
    subject: certificate.subject.replaceAll('\n', ', '),
    startTime: formatTimestamp(certificate.validFromDate.getTime()),
    expiryTime: formatTimestamp(certificate.validToDate.getTime()),
    signatureAlgorithm: certificate.signatureAlgorithm ?? '',
    publicKeyType: certificate.publicKey.asymmetricKeyType ?? '',
  };
}
