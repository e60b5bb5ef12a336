import { z } from '@hono/zod-openapi';
import { type Device, type DevicePresence, GATEWAY_TYPES } from '@mkiot/core/api/resources';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { bool, enumOf, fieldMask, message, noBody, repeated, uint64 } from '../http/protoJson.ts';
import type { DeviceActivities } from './activity.ts';
import {
  DEVICE_MEMBERS,
  DEVICE_UPDATABLE,
  type DeviceDetails,
  deviceFieldsOf,
  deviceMessage,
  deviceResource,
} from './deviceResource.ts';
import type { DeviceListFilter, DeviceService } from './deviceService.ts';
import { fieldPicker, maskedUpdate } from './fieldPaths.ts';
import type { DeviceFields, DeviceRecord } from './model.ts';
import { registryError } from './registryErrors.ts';
import { pageQuery } from './registryRoutes.ts';

const DEVICES = '/v1/projects/{project}/locations/{location}/registries/{registry}/devices';
const registryParams = z.object({ project: z.string(), location: z.string(), registry: z.string() });
const deviceParams = registryParams.extend({ device: z.string() });

const listQuery = message({
  ...pageQuery,
  fieldMask: fieldMask().default([]),
  deviceIds: repeated(z.string()).optional(),
  deviceNumIds: repeated(uint64()).optional(),
  connected: bool().optional(),
  'gatewayListOptions.gatewayType': enumOf(GATEWAY_TYPES).default('GATEWAY_TYPE_UNSPECIFIED'),
  'gatewayListOptions.associationsGatewayId': z.string().optional(),
  'gatewayListOptions.associationsDeviceId': z.string().optional(),
});

/** What other slices keep of a device: config, state, how it came here. */
export type DeviceEnrichment = (numId: number) => Promise<DeviceDetails>;

/** Who is connected, as the slice that watches sessions tells. */
export interface DevicePresences {
  read(numIds: readonly number[]): Promise<ReadonlyMap<number, DevicePresence>>;
  /** The numeric ids of the devices that are connected now. */
  connected(): readonly number[];
}

export interface DeviceRouteParts {
  readonly devices: DeviceService;
  readonly activities: DeviceActivities;
  readonly presences: DevicePresences;
  readonly enrich: DeviceEnrichment;
}

/** The five device methods of `google.cloud.iot.v1.DeviceManager` that concern the device itself. */
export function deviceRoutes({ devices, activities, presences, enrich }: DeviceRouteParts): readonly ApiRoute[] {
  /** What changes with every packet of a device: asked for many at once, because a list has many. */
  const moments = async (numIds: readonly number[]) => {
    const [activity, presence] = await Promise.all([activities.read(numIds), presences.read(numIds)]);
    return { activity, presence };
  };
  const resourceOf = async (record: DeviceRecord, known = moments([record.numId])): Promise<Device> => {
    const { activity, presence } = await known;
    const details = { ...(await enrich(record.numId)), presence: presence.get(record.numId) };
    return deviceResource(record, activity.get(record.numId) ?? {}, details);
  };

  return [
    apiRoute({
      method: 'post',
      path: DEVICES,
      operation: 'createDevice',
      summary: 'Creates a device in a registry.',
      permission: 'cloudiot.devices.create',
      params: registryParams,
      query: message({}),
      body: deviceMessage,
      result: deviceMessage,
      handle: async ({ params, body, caller }) => {
        if ((body.config?.version ?? 0) !== 0) throw registryError('CONFIG_VERSION_GIVEN');
        const device = { ...deviceFieldsOf(body), config: body.config?.binaryData };
        return resourceOf(await devices.create({ ...params, device: body.id ?? '' }, device, caller.principal));
      },
    }),
    apiRoute({
      method: 'get',
      path: DEVICES,
      operation: 'listDevices',
      summary: 'Lists the devices of a registry, or the connected ones: their id and numId, and what fieldMask names.',
      permission: 'cloudiot.devices.list',
      params: registryParams,
      query: listQuery,
      body: noBody,
      result: z.object({ devices: z.array(deviceMessage), nextPageToken: z.string().optional() }),
      handle: async ({ params, query }) => {
        const pick = fieldPicker(query.fieldMask, DEVICE_MEMBERS);
        const { items, nextPageToken } = await devices.list(params, filterOf(query, presences), query);
        const known = moments(items.map(({ numId }) => numId));
        const listed = items.map(async (record) => ({
          id: record.id,
          numId: String(record.numId),
          ...(query.fieldMask.length === 0 ? {} : pick(await resourceOf(record, known))),
        }));
        return { devices: await Promise.all(listed), ...(nextPageToken === '' ? {} : { nextPageToken }) };
      },
    }),
    apiRoute({
      method: 'get',
      path: `${DEVICES}/{device}`,
      operation: 'getDevice',
      summary: 'Gets a device by its id or numeric id: what fieldMask names, or everything.',
      permission: 'cloudiot.devices.get',
      params: deviceParams,
      query: message({ fieldMask: fieldMask().default([]) }),
      body: noBody,
      result: deviceMessage,
      handle: async ({ params, query }) => {
        const pick = fieldPicker(query.fieldMask.length === 0 ? DEVICE_MEMBERS : query.fieldMask, DEVICE_MEMBERS);
        return pick(await resourceOf(await devices.get(params)));
      },
    }),
    apiRoute({
      method: 'patch',
      path: `${DEVICES}/{device}`,
      operation: 'updateDevice',
      summary: 'Sets the fields that updateMask names; one that the body lacks is cleared.',
      permission: 'cloudiot.devices.update',
      params: deviceParams,
      query: message({ updateMask: fieldMask().default([]) }),
      body: deviceMessage,
      result: deviceMessage,
      handle: async ({ params, query, body, caller }) => {
        const patch = maskedUpdate<Partial<DeviceFields>>(deviceFieldsOf(body), query.updateMask, DEVICE_UPDATABLE);
        return resourceOf(await devices.patch(params, patch, caller.principal));
      },
    }),
    apiRoute({
      method: 'delete',
      path: `${DEVICES}/{device}`,
      operation: 'deleteDevice',
      summary: 'Deletes a device with everything that belongs to it.',
      permission: 'cloudiot.devices.delete',
      params: deviceParams,
      query: message({}),
      body: noBody,
      result: z.object({}),
      handle: ({ params, caller }) => devices.delete(params, caller.principal),
    }),
  ];
}

function filterOf(query: z.output<typeof listQuery>, presences: DevicePresences): DeviceListFilter {
  const gatewayType = query['gatewayListOptions.gatewayType'];
  return {
    ids: query.deviceIds,
    numIds: query.deviceNumIds,
    isGateway: gatewayType === 'GATEWAY_TYPE_UNSPECIFIED' ? undefined : gatewayType === 'GATEWAY',
    ...(query.connected === undefined ? {} : { [query.connected ? 'among' : 'except']: presences.connected() }),
    associationsGatewayId: query['gatewayListOptions.associationsGatewayId'],
    associationsDeviceId: query['gatewayListOptions.associationsDeviceId'],
  };
}
