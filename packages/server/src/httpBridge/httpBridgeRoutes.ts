// The HTTP bridge of IoT Core: `cloudiotdevice` v1, reference section "HTTP bridge".

import { z } from '@hono/zod-openapi';
import type { DeviceConfig } from '@mkiot/core/api/resources';
import type { Clock } from '@mkiot/core/clock/clock';
import { isSubfolder } from '@mkiot/core/contract/ids';
import { LIMITS } from '@mkiot/core/contract/limits';
import type { Principal } from '../bridge/hooks.ts';
import { publishOnce, PublishRefused } from '../bridge/publishOnce.ts';
import { type ApiRoute, apiRoute, type PathParams } from '../http/apiRoute.ts';
import { bytes, message, noBody, uint64 } from '../http/protoJson.ts';
import { authenticateDevice, type DeviceCaller } from './deviceCaller.ts';
import { behindGateway, gatewayInfo, gatewayInfoQuery } from './gatewayInfo.ts';
import type { HttpBridgeHooks } from './hooks.ts';
import { httpBridgeError } from './httpBridgeErrors.ts';
import { refusalError } from './refusalError.ts';

const DEVICE = '/v1/projects/{project}/locations/{location}/registries/{registry}/devices/{device}';

/** Protobuf leaves out what is empty, so a payload that is absent is an empty one. */
const binaryData = bytes().default(new Uint8Array());

const deviceConfigAnswer = z
  .object({
    version: z.string().openapi({ format: 'int64' }),
    cloudUpdateTime: z.string().openapi({ format: 'date-time' }),
    binaryData: z.string().openapi({ format: 'byte', description: 'Empty where the device has this version.' }),
  })
  .openapi('DeviceConfigAnswer');

/** The calls of devices that speak HTTP: each brings the token that would be the password over MQTT. */
export function httpBridgeRoutes<P extends Principal>(hooks: HttpBridgeHooks<P>, clock: Clock): readonly ApiRoute[] {
  const publishRoutes = new Map(hooks.publishRoutes.map((route) => [route.kind, route]));
  const publish = async (kind: string, caller: DeviceCaller<P>, subfolder: string, payload: Uint8Array) => {
    const route = publishRoutes.get(kind);
    if (route === undefined) throw new Error(`no route for ${kind}`);
    if (hooks.backPressure.saturated) throw httpBridgeError('BRIDGE_SATURATED');
    try {
      await publishOnce(route, caller, subfolder, payload, clock.now());
    } catch (error) {
      if (!(error instanceof PublishRefused)) throw error;
      hooks.failed(caller.device, error.reason);
      throw refusalError(error.reason);
    }
  };

  const deviceCall = {
    permission: 'authenticated',
    params: z.object({ project: z.string(), location: z.string(), registry: z.string(), device: z.string() }),
    query: message({}),
    body: noBody,
    result: z.object({}),
    authenticate: (headers: Headers, remoteAddress: string, params: PathParams) =>
      authenticateDevice(hooks, headers, remoteAddress, params),
  } as const;
  return [
    apiRoute({
      ...deviceCall,
      method: 'post',
      path: `${DEVICE}:publishEvent`,
      operation: 'publishEvent',
      summary: 'For devices: publishes a telemetry event. Answered when the event is on disk.',
      body: message({ binaryData, subFolder: z.string().default(''), gatewayInfo }),
      async handle({ body, caller }) {
        const { binaryData: payload, subFolder } = body;
        if (subFolder !== '' && !isSubfolder(subFolder)) {
          throw httpBridgeError('SUBFOLDER_UNFIT', { max: LIMITS.subfolderBytes });
        }
        await publish('events', await behindGateway(hooks, caller, body.gatewayInfo), subFolder, payload);
      },
    }),
    apiRoute({
      ...deviceCall,
      method: 'post',
      path: `${DEVICE}:setState`,
      operation: 'setState',
      summary: 'For devices: reports the state. Answered when the state is on disk.',
      body: message({ state: message({ binaryData }), gatewayInfo }),
      handle: async ({ body, caller }) =>
        publish('state', await behindGateway(hooks, caller, body.gatewayInfo), '', body.state.binaryData),
    }),
    apiRoute({
      ...deviceCall,
      method: 'get',
      path: `${DEVICE}/config`,
      operation: 'getConfig',
      summary: 'For devices: the config, or only its version where the device has it.',
      query: message({ localVersion: uint64().default(0), ...gatewayInfoQuery }),
      result: deviceConfigAnswer,
      async handle({ query, caller }) {
        const { device } = await behindGateway(hooks, caller, {
          gatewayId: query['gatewayInfo.gatewayId'],
          delegatedDeviceId: query['gatewayInfo.delegatedDeviceId'],
        });
        const config = await hooks.configOf(device);
        if (config === undefined) throw httpBridgeError('DEVICE_REFUSED');
        const hasIt = hasVersion(query.localVersion, config);
        if (!hasIt) hooks.configSent(device);
        const { version, cloudUpdateTime, binaryData: newest } = config;
        return { version, cloudUpdateTime, binaryData: hasIt ? '' : newest };
      },
    }),
  ];
}

/** @throws `LOCAL_VERSION_TOO_LARGE` */
function hasVersion(localVersion: number, { version }: DeviceConfig): boolean {
  if (localVersion > Number(version)) throw httpBridgeError('LOCAL_VERSION_TOO_LARGE', { localVersion, version });
  return localVersion === Number(version);
}
