import { z } from '@hono/zod-openapi';
import { type ApiRoute, apiRoute } from '../http/apiRoute.ts';
import { bytes, duration, formatTimestamp, int32, message, noBody, uint64 } from '../http/protoJson.ts';
import type { CommandService } from './commandService.ts';
import type { ConfigService } from './configService.ts';
import { deviceConfig, deviceConfigSchema, deviceState, deviceStateSchema } from './resources.ts';
import type { StateService } from './stateService.ts';

export interface TwinServices {
  readonly configs: ConfigService;
  readonly states: StateService;
  readonly commands: CommandService;
}

const DEVICE = '/v1/projects/{project}/locations/{location}/registries/{registry}/devices/{device}';
const deviceParams = z.object({ project: z.string(), location: z.string(), registry: z.string(), device: z.string() });

/** Protobuf leaves out what is empty, so a payload that is absent is an empty one. */
const binaryData = bytes().default(new Uint8Array());

/** Config, state and commands in the Cloud IoT v1 API. */
export function twinRoutes({ configs, states, commands }: TwinServices): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'post',
      path: `${DEVICE}:modifyCloudToDeviceConfig`,
      operation: 'modifyCloudToDeviceConfig',
      summary: 'Makes a new version of a device config, which the device gets at once if it is subscribed.',
      permission: 'cloudiot.devices.updateConfig',
      params: deviceParams,
      query: message({}),
      body: message({ versionToUpdate: uint64().default(0), binaryData }),
      result: deviceConfigSchema,
      handle: async ({ params, body, caller }) =>
        deviceConfig(await configs.modify(params, body.binaryData, body.versionToUpdate, caller.principal)),
    }),
    apiRoute({
      method: 'get',
      path: `${DEVICE}/configVersions`,
      operation: 'listDeviceConfigVersions',
      summary: 'The kept versions of a device config, newest first.',
      permission: 'cloudiot.devices.get',
      params: deviceParams,
      query: message({ numVersions: int32({ min: 0 }).default(0) }),
      body: noBody,
      result: z.object({ deviceConfigs: z.array(deviceConfigSchema) }),
      handle: async ({ params, query }) => ({
        deviceConfigs: (await configs.versions(params, query.numVersions)).map(deviceConfig),
      }),
    }),
    apiRoute({
      method: 'get',
      path: `${DEVICE}/states`,
      operation: 'listDeviceStates',
      summary: 'The kept states that a device reported, newest first.',
      permission: 'cloudiot.devices.get',
      params: deviceParams,
      query: message({ numStates: int32({ min: 0 }).default(0) }),
      body: noBody,
      result: z.object({ deviceStates: z.array(deviceStateSchema) }),
      handle: async ({ params, query }) => ({
        deviceStates: (await states.states(params, query.numStates)).map(deviceState),
      }),
    }),
    apiRoute({
      method: 'post',
      path: `${DEVICE}:sendCommandToDevice`,
      operation: 'sendCommandToDevice',
      summary:
        'Sends a command to a device that is connected and subscribed to commands, and waits for its acknowledgement. With ' +
        'queueFor the command may wait so long for a device whose session is kept; the answer says so.',
      permission: 'cloudiot.devices.sendCommand',
      params: deviceParams,
      query: message({}),
      body: message({ binaryData, subfolder: z.string().default(''), queueFor: duration().default(0) }),
      result: z.object({ queuedUntilTime: z.string().optional().openapi({ format: 'date-time' }) }),
      async handle({ params, body, caller, signal }) {
        const { binaryData: payload, subfolder, queueFor: queueForMs } = body;
        const queued = await commands.send(params, { subfolder, payload, queueForMs }, caller.principal, signal);
        return queued === undefined ? {} : { queuedUntilTime: formatTimestamp(queued.expiresAtMs) };
      },
    }),
  ];
}
