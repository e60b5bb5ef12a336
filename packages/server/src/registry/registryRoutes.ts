import { z } from '@hono/zod-openapi';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { fieldMask, int32, message, noBody } from '../http/protoJson.ts';
import { maskedUpdate } from './fieldPaths.ts';
import type { RegistryPatch } from './model.ts';
import { REGISTRY_UPDATABLE, registryFieldsOf, registryMessage, registryResource } from './registryResource.ts';
import type { RegistryService } from './registryService.ts';

const REGISTRIES = '/v1/projects/{project}/locations/{location}/registries';
const locationParams = z.object({ project: z.string(), location: z.string() });
const registryParams = locationParams.extend({ registry: z.string() });

/** What a list takes to come in pages; 0 and absent mean the server's own size. */
export const pageQuery = { pageSize: int32({ min: 0 }).default(0), pageToken: z.string().default('') };

/** The five registry methods of `google.cloud.iot.v1.DeviceManager`. */
export function registryRoutes(registries: RegistryService): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'post',
      path: REGISTRIES,
      operation: 'createDeviceRegistry',
      summary: 'Creates a registry of devices.',
      permission: 'cloudiot.registries.create',
      params: locationParams,
      query: message({}),
      body: registryMessage,
      result: registryMessage,
      handle: async ({ params, body, caller }) => {
        const name = { ...params, registry: body.id ?? '' };
        return registryResource(await registries.create(name, registryFieldsOf(body), caller.principal));
      },
    }),
    apiRoute({
      method: 'get',
      path: REGISTRIES,
      operation: 'listDeviceRegistries',
      summary: 'Lists the registries of a location.',
      permission: 'cloudiot.registries.list',
      params: locationParams,
      query: message(pageQuery),
      body: noBody,
      result: z.object({ deviceRegistries: z.array(registryMessage), nextPageToken: z.string().optional() }),
      handle: async ({ params, query }) => {
        const { items, nextPageToken } = await registries.list(params, query);
        return { deviceRegistries: items.map(registryResource), ...(nextPageToken === '' ? {} : { nextPageToken }) };
      },
    }),
    apiRoute({
      method: 'get',
      path: `${REGISTRIES}/{registry}`,
      operation: 'getDeviceRegistry',
      summary: 'Gets a registry.',
      permission: 'cloudiot.registries.get',
      params: registryParams,
      query: message({}),
      body: noBody,
      result: registryMessage,
      handle: async ({ params }) => registryResource(await registries.get(params)),
    }),
    apiRoute({
      method: 'patch',
      path: `${REGISTRIES}/{registry}`,
      operation: 'updateDeviceRegistry',
      summary: 'Sets the fields that updateMask names; one that the body lacks is cleared.',
      permission: 'cloudiot.registries.update',
      params: registryParams,
      query: message({ updateMask: fieldMask().default([]) }),
      body: registryMessage,
      result: registryMessage,
      handle: async ({ params, query, body, caller }) => {
        const patch = maskedUpdate<RegistryPatch>(registryFieldsOf(body), query.updateMask, REGISTRY_UPDATABLE);
        return registryResource(await registries.patch(params, patch, caller.principal));
      },
    }),
    apiRoute({
      method: 'delete',
      path: `${REGISTRIES}/{registry}`,
      operation: 'deleteDeviceRegistry',
      summary: 'Deletes a registry that has no devices.',
      permission: 'cloudiot.registries.delete',
      params: registryParams,
      query: message({}),
      body: noBody,
      result: z.object({}),
      handle: ({ params, caller }) => registries.delete(params, caller.principal),
    }),
  ];
}
