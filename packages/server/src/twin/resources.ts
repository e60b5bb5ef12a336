import { z } from '@hono/zod-openapi';
import type { DeviceConfig, DeviceState } from '@mkiot/core/api/resources';
import { base64Encode } from '@mkiot/core/bytes/base64';
import { formatTimestamp } from '../http/protoJson.ts';
import type { DeviceEnrichment } from '../registry/deviceRoutes.ts';
import type { ConfigService } from './configService.ts';
import type { ConfigVersion, ReportedState } from './model.ts';
import type { StateService } from './stateService.ts';

const base64 = z.string().openapi({ format: 'byte' });
const time = z.string().openapi({ format: 'date-time' });

export const deviceConfigSchema = z
  .object({
    version: z.string().openapi({ format: 'int64' }),
    cloudUpdateTime: time,
    deviceAckTime: time.optional(),
    binaryData: base64,
  })
  .openapi('DeviceConfig');

export const deviceStateSchema = z.object({ updateTime: time, binaryData: base64 }).openapi('DeviceState');

/** `google.cloud.iot.v1.DeviceConfig` */
export function deviceConfig({ version, cloudUpdateMs, deviceAckMs, payload }: ConfigVersion): DeviceConfig {
  return {
    version: String(version),
    cloudUpdateTime: formatTimestamp(cloudUpdateMs),
    ...(deviceAckMs === undefined ? {} : { deviceAckTime: formatTimestamp(deviceAckMs) }),
    binaryData: base64Encode(payload),
  };
}

/** `google.cloud.iot.v1.DeviceState` */
export function deviceState({ updateMs, payload }: ReportedState): DeviceState {
  return { updateTime: formatTimestamp(updateMs), binaryData: base64Encode(payload) };
}

/** What the registry shows of the twin when a device is read. */
export function deviceDetails(
  configs: Pick<ConfigService, 'configOf'>,
  states: Pick<StateService, 'stateOf'>,
): DeviceEnrichment {
  return async (numId) => {
    const [config, state] = await Promise.all([configs.configOf(numId), states.stateOf(numId)]);
    return { config: config && deviceConfig(config), state: state && deviceState(state) };
  };
}
