// IoT Core's page of quotas and limits (`/iot/quotas`): what an operator may change. What he may not is in core/contract/limits.
import type { ReasonCodeName } from '@mkiot/core/mqtt/reasonCodes';

interface QuotaRow {
  readonly title: string;
  /** What is counted, behind a number: `messages a second from one device`. */
  readonly counted: string;
  /** Google's number. */
  readonly iotCore: number;
  /** What MQTT 5.0 calls it; absent: devices do not meet it over MQTT. */
  readonly reason?: ReasonCodeName;
}

/** Every quota by the name of its setting. */
export const QUOTA_TABLE = {
  connections: {
    title: 'Connected devices',
    counted: 'devices connected by MQTT at a time',
    iotCore: 10_000,
    reason: 'QUOTA_EXCEEDED',
  },
  httpDevices: { title: 'Devices by HTTP', counted: 'devices that call by HTTP within five minutes', iotCore: 10_000 },
  loginsPerMinute: {
    title: 'Logins a minute',
    counted: 'logins by MQTT and calls by HTTP a minute from all devices',
    iotCore: 60_000,
    reason: 'CONNECTION_RATE_EXCEEDED',
  },
  deviceMessagesPerSecond: {
    title: 'Messages of a device',
    counted: 'messages a second from one device',
    iotCore: 100,
    reason: 'MESSAGE_RATE_TOO_HIGH',
  },
  deviceKibibytesPerSecond: {
    title: 'Bytes of a device',
    counted: 'KiB of payload a second from one device',
    iotCore: 512,
    reason: 'MESSAGE_RATE_TOO_HIGH',
  },
  eventsPerMinute: {
    title: 'Events of all devices',
    counted: 'telemetry events a minute from all devices',
    iotCore: 60_000,
    reason: 'QUOTA_EXCEEDED',
  },
  statesPerMinute: {
    title: 'States of all devices',
    counted: 'states a minute from all devices',
    iotCore: 6_000,
    reason: 'QUOTA_EXCEEDED',
  },
  deviceConfigsPerSecond: { title: 'Configs of a device', counted: 'configs a second for one device', iotCore: 1 },
  configsPerMinute: { title: 'Configs of all devices', counted: 'configs a minute for all devices', iotCore: 6_000 },
  deviceUpdatesPerSecond: { title: 'Updates of a device', counted: 'updates a second of one device', iotCore: 1 },
  registryUpdatesPerSecond: { title: 'Updates of a registry', counted: 'updates a second of one registry', iotCore: 1 },
  apiReadsPerMinute: { title: 'Reads of the API', counted: 'reads a minute through the API', iotCore: 30_000 },
  apiCreationsPerMinute: {
    title: 'Creations and deletions',
    counted: 'devices and registries created and deleted a minute through the API',
    iotCore: 3_000,
  },
} as const satisfies Readonly<Record<string, QuotaRow>>;

export type QuotaName = keyof typeof QUOTA_TABLE;

/** The number of each quota; 0: there is none. */
export type QuotaNumbers = Readonly<Record<QuotaName, number>>;

export const QUOTA_NAMES = Object.keys(QUOTA_TABLE) as readonly QuotaName[];

export function quotaRow(name: QuotaName): QuotaRow {
  return QUOTA_TABLE[name];
}
