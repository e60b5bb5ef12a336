import { z } from '@hono/zod-openapi';
import type {
  Device,
  DeviceConfig,
  DevicePresence,
  DeviceProvenance,
  DeviceState,
  GatewayConfig,
} from '@mkiot/core/api/resources';
import { GATEWAY_AUTH_METHODS, GATEWAY_TYPES, LOG_LEVELS, PUBLIC_KEY_FORMATS } from '@mkiot/core/api/resources';
import { formatDeviceName } from '@mkiot/core/contract/resourceNames';
import { bool, bytes, enumOf, formatTimestamp, message, outputOnly, timestamp, uint64 } from '../http/protoJson.ts';
import type { Activity, DeviceActivity } from './activity.ts';
import { DEVICE_DEFAULTS } from './deviceService.ts';
import type { UpdatableFields } from './fieldPaths.ts';
import { type DeviceFields, deviceNameOf, type DeviceRecord } from './model.ts';
import { PEM_CHARACTERS } from './registryResource.ts';

const timeSchema = { type: 'string', format: 'date-time' };
const time = outputOnly(timeSchema);

const deviceShape = {
  id: z.string().optional(),
  name: outputOnly({ type: 'string', description: 'Ends in the numeric id.' }),
  numId: outputOnly({ type: 'string', format: 'uint64' }),
  credentials: z
    .array(
      message({
        publicKey: message({ format: enumOf(PUBLIC_KEY_FORMATS), key: z.string().max(PEM_CHARACTERS) }),
        expirationTime: timestamp().optional(),
      }),
    )
    .optional(),
  blocked: bool().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  logLevel: enumOf(LOG_LEVELS).optional(),
  gatewayConfig: message({
    gatewayType: enumOf(GATEWAY_TYPES).optional(),
    gatewayAuthMethod: enumOf(GATEWAY_AUTH_METHODS).optional(),
    lastAccessedGatewayId: outputOnly({ type: 'string' }),
    lastAccessedGatewayTime: time,
  }).optional(),
  config: message({
    version: uint64().optional(),
    cloudUpdateTime: time,
    deviceAckTime: time,
    binaryData: bytes().optional(),
  }).optional(),
  state: outputOnly({ type: 'object', properties: { updateTime: { type: 'string' }, binaryData: { type: 'string' } } }),
  lastHeartbeatTime: time,
  lastEventTime: time,
  lastStateTime: time,
  lastConfigAckTime: time,
  lastConfigSendTime: time,
  lastErrorTime: time,
  lastErrorStatus: outputOnly({
    type: 'object',
    properties: { code: { type: 'integer' }, message: { type: 'string' } },
  }),
  presence: outputOnly({
    type: 'object',
    description: "Whether the device is connected. MkIoT's own.",
    properties: {
      connected: { type: 'boolean' },
      sinceTime: timeSchema,
      session: {
        type: 'object',
        properties: {
          epoch: { type: 'string', format: 'uint64' },
          connectTime: timeSchema,
          remoteAddress: { type: 'string' },
          protocolLevel: { type: 'integer' },
          keepAlive: { type: 'string' },
          lastHeardTime: timeSchema,
          expectedByTime: timeSchema,
        },
      },
      lastDisconnect: {
        type: 'object',
        properties: {
          epoch: { type: 'string', format: 'uint64' },
          time: timeSchema,
          code: { type: 'string' },
          by: { type: 'string', enum: ['CLIENT', 'SERVER'] },
          message: { type: 'string' },
        },
      },
    },
  }),
  provenance: outputOnly({
    type: 'object',
    description: "How the device came into its registry where no person made it. MkIoT's own.",
    properties: {
      station: { type: 'string' },
      unitRecord: { type: 'string' },
      ticket: { type: 'string' },
      mac: { type: 'string' },
      chip: { type: 'object', properties: { name: { type: 'string' }, revision: { type: 'integer' } } },
      efuseSha256: { type: 'string' },
      registerTime: timeSchema,
    },
  }),
};

/** `google.cloud.iot.v1.Device` */
export const deviceMessage = message(deviceShape).openapi('Device');

/** What a fieldMask may name. */
export const DEVICE_MEMBERS: readonly string[] = Object.keys(deviceShape);

/** IoT Core's API, 3.4: what an updateMask may name. */
export const DEVICE_UPDATABLE: UpdatableFields = {
  credentials: ['credentials'],
  blocked: ['blocked'],
  metadata: ['metadata'],
  logLevel: ['logLevel'],
  gatewayConfig: ['gatewayType', 'gatewayAuthMethod'],
  'gatewayConfig.gatewayType': ['gatewayType'],
  'gatewayConfig.gatewayAuthMethod': ['gatewayAuthMethod'],
};

const ACTIVITY_MEMBERS = {
  heartbeat: 'lastHeartbeatTime',
  event: 'lastEventTime',
  state: 'lastStateTime',
  configAck: 'lastConfigAckTime',
  configSend: 'lastConfigSendTime',
} as const satisfies Record<Activity, keyof Device>;

/** What other slices keep of a device. */
export interface DeviceDetails {
  readonly config?: DeviceConfig | undefined;
  readonly state?: DeviceState | undefined;
  readonly presence?: DevicePresence | undefined;
  readonly provenance?: DeviceProvenance | undefined;
}

/** The fields that the message gives, with the default where it is silent. */
export function deviceFieldsOf(body: z.output<typeof deviceMessage>): DeviceFields {
  const { credentials = [], gatewayConfig } = body;
  const defaults = DEVICE_DEFAULTS;
  return {
    blocked: body.blocked ?? defaults.blocked,
    metadata: body.metadata ?? defaults.metadata,
    logLevel: body.logLevel ?? defaults.logLevel,
    gatewayType: gatewayConfig?.gatewayType ?? defaults.gatewayType,
    gatewayAuthMethod: gatewayConfig?.gatewayAuthMethod ?? defaults.gatewayAuthMethod,
    credentials: credentials.map(({ publicKey, expirationTime }) => {
      // IoT Core tells a key without end with the time 0, and so do the lists of devices that were taken from it.
      return {
        format: publicKey.format,
        pem: publicKey.key,
        expiresAtMs: expirationTime === 0 ? undefined : expirationTime,
      };
    }),
  };
}

export function deviceResource(device: DeviceRecord, activity: DeviceActivity, details: DeviceDetails): Device {
  const { id, numId, blocked, metadata, logLevel, gatewayType, gatewayAuthMethod, credentials } = device;
  return {
    id,
    name: formatDeviceName({ ...deviceNameOf(device), device: String(numId) }),
    numId: String(numId),
    credentials: credentials.map(({ format, pem, expiresAtMs }) => ({
      publicKey: { format, key: pem },
      ...(expiresAtMs === undefined ? {} : { expirationTime: formatTimestamp(expiresAtMs) }),
    })),
    blocked,
    metadata,
    logLevel,
    gatewayConfig: { gatewayType, gatewayAuthMethod, ...lastGateway(activity) },
    ...(details.config === undefined ? {} : { config: details.config }),
    ...(details.state === undefined ? {} : { state: details.state }),
    ...activityMembers(activity),
    ...(details.presence === undefined ? {} : { presence: details.presence }),
    ...(details.provenance === undefined ? {} : { provenance: details.provenance }),
  };
}

function lastGateway({ gateway }: DeviceActivity): Partial<GatewayConfig> {
  if (gateway === undefined) return {};
  return { lastAccessedGatewayId: gateway.id, lastAccessedGatewayTime: formatTimestamp(gateway.atMs) };
}

function activityMembers(activity: DeviceActivity): Partial<Device> {
  const { error } = activity;
  const times = Object.entries(ACTIVITY_MEMBERS).flatMap(([kind, member]) => {
    const atMs = activity[kind as Activity];
    return atMs === undefined ? [] : [[member, formatTimestamp(atMs)] as const];
  });
  return {
    ...Object.fromEntries(times),
    ...(error === undefined ? {} : { lastErrorTime: formatTimestamp(error.atMs), lastErrorStatus: error.status }),
  };
}
