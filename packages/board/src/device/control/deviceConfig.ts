import { LIMITS } from '@mkiot/core/contract/limits';
import { parseStage, type StageSettings } from '../preprocessing/chain.ts';
import { JsonFields } from './jsonFields.ts';

/** What the cloud sets in a device. Times in milliseconds. */
export interface DeviceConfig {
  /** How often the sensors are read. */
  readonly intervalMs: number;
  readonly heartbeatIntervalMs: number;
  /** Every sensor of the device by name, also those that the config did not mention. */
  readonly sensors: Readonly<Record<string, SensorConfig>>;
}

export interface SensorConfig {
  /** A sensor that is not enabled is not read. */
  readonly enabled: boolean;
  /** What happens to a reading before it is sent: stages in order. None: every reading is sent. */
  readonly preprocessing: readonly StageSettings[];
}

/** How often sensors may be read. */
export const INTERVAL_MS = { min: 100, max: 86_400_000, integer: true } as const;

const HEARTBEAT_INTERVAL_MS = { min: 1_000, max: 86_400_000, integer: true } as const;
const MAX_STAGES = 8;

/**
 * Reads the config of a device that has `sensors`. What is left out has its default; an empty config, which every new
 * device gets, is all defaults. Throws a `DOCUMENT_…`, `MEMBER_…` or `THRESHOLD_…` error that names the first thing wrong.
 *
 * @example
 * {
 *   "intervalMs": 1000,
 *   "sensors": {
 *     "temperature": { "preprocessing": [{ "kind": "window", "durationMs": 60000 }, { "kind": "deadBand", "delta": 0.2 }] },
 *     "battery": { "preprocessing": [{ "kind": "threshold", "below": 3.6, "hysteresis": 0.1 }] }
 *   }
 * }
 */
export function parseDeviceConfig(bytes: Uint8Array, sensors: readonly string[]): DeviceConfig {
  const fields =
    bytes.length === 0 ? new JsonFields({}, 'config') : JsonFields.parse(bytes, 'config', LIMITS.configBytes);
  const sensorFields = fields.optionalObject('sensors') ?? new JsonFields({}, 'config.sensors');
  const config: DeviceConfig = {
    intervalMs: fields.number('intervalMs', INTERVAL_MS, 10_000),
    heartbeatIntervalMs: fields.number('heartbeatIntervalMs', HEARTBEAT_INTERVAL_MS, 60_000),
    sensors: Object.fromEntries(sensors.map((sensor) => [sensor, parseSensor(sensorFields.optionalObject(sensor))])),
  };
  sensorFields.end();
  fields.end();
  return config;
}

function parseSensor(fields: JsonFields | undefined): SensorConfig {
  if (fields === undefined) return { enabled: true, preprocessing: [] };
  const enabled = fields.boolean('enabled', true);
  const preprocessing = fields.objects('preprocessing', MAX_STAGES).map(parseStage);
  fields.end();
  return { enabled, preprocessing };
}
