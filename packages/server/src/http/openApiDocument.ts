import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi';
import type { ApiRoute } from './apiRoute.ts';

const API_TOKEN = 'apiToken';
const DEVICE_TOKEN = 'deviceToken';

const problemResponse = z
  .object({
    error: z.object({
      code: z.int().openapi({ description: 'The HTTP status.' }),
      message: z.string().openapi({ description: 'For people: what is wrong and what to do.' }),
      status: z.string().openapi({ description: 'The canonical name of google/rpc/code.proto.' }),
      details: z
        .array(z.looseObject({ '@type': z.string() }))
        .openapi({ description: 'The first is a google.rpc.ErrorInfo; its `reason` is a stable code for programs.' }),
    }),
  })
  .openapi('ProblemResponse');

/** The OpenAPI 3.1 document of the routes, generated from their schemas. */
export function openApiDocument(routes: readonly ApiRoute[], version: string): object {
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerComponent('securitySchemes', API_TOKEN, {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token: `Authorization: Bearer mkiot_…`.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', DEVICE_TOKEN, {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token that the device in the path has signed with its own key.',
  });
  for (const route of routes) app.openAPIRegistry.registerPath(operationOf(route));
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'MkIoT',
      version,
      description: 'The Cloud IoT v1 REST API as far as MkIoT has it, and what MkIoT has beside it.',
      license: { name: 'Apache-2.0' },
    },
  });
}

function operationOf(route: ApiRoute): RouteConfig {
  const hasBody = route.method === 'post' || route.method === 'patch';
  const mediaType = route.streams === true ? 'application/x-ndjson' : 'application/json';
  return {
    method: route.method,
    path: route.path,
    operationId: route.operation,
    summary: route.summary,
    ...securityOf(route),
    request: {
      params: route.params as z.ZodObject,
      query: route.query as z.ZodObject,
      ...(hasBody ? { body: { content: { 'application/json': { schema: route.body } } } } : {}),
    },
    responses: {
      200: { description: 'Done.', content: { [mediaType]: { schema: route.result } } },
      default: { description: 'Refused or failed.', content: { 'application/json': { schema: problemResponse } } },
    },
  };
}

function securityOf({ permission, authenticate }: ApiRoute): object {
  if (authenticate !== undefined) return { security: [{ [DEVICE_TOKEN]: [] }] };
  return permission === 'public' ? {} : { security: [{ [API_TOKEN]: [] }], 'x-mkiot-permission': permission };
}
