import { z } from '@hono/zod-openapi';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { message } from '../http/protoJson.ts';
import type { GatewayBindings } from './gatewayBindings.ts';

const REGISTRY = '/v1/projects/{project}/locations/{location}/registries/{registry}';

/** The two gateway methods of `google.cloud.iot.v1.DeviceManager`. */
export function gatewayRoutes(bindings: GatewayBindings): readonly ApiRoute[] {
  const common = {
    method: 'post',
    params: z.object({ project: z.string(), location: z.string(), registry: z.string() }),
    query: message({}),
    body: message({ gatewayId: z.string(), deviceId: z.string() }),
    result: z.object({}),
  } as const;
  return [
    apiRoute({
      ...common,
      path: `${REGISTRY}:bindDeviceToGateway`,
      operation: 'bindDeviceToGateway',
      summary: 'Lets a device go through a gateway of its registry.',
      permission: 'cloudiot.devices.bindGateway',
      handle: ({ params, body, caller }) => bindings.bind(params, body, caller.principal),
    }),
    apiRoute({
      ...common,
      path: `${REGISTRY}:unbindDeviceFromGateway`,
      operation: 'unbindDeviceFromGateway',
      summary: 'Lets a device no longer go through a gateway.',
      permission: 'cloudiot.devices.unbindGateway',
      handle: ({ params, body, caller }) => bindings.unbind(params, body, caller.principal),
    }),
  ];
}
