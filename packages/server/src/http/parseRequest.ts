import type { z } from '@hono/zod-openapi';
import type { ApiRoute, PathParams } from './apiRoute.ts';
import { readJsonBody } from './readJsonBody.ts';
import { RequestInvalidError, type RequestPart } from './requestInvalidError.ts';

/** Query parameters of Google's API front end that its clients send everywhere; they mean nothing here. */
const APIARY_PARAMETERS: ReadonlySet<string> = new Set([
  'access_token',
  'alt',
  'callback',
  'fields',
  'key',
  'oauth_token',
  'prettyPrint',
  'quotaUser',
  'upload_protocol',
  'uploadType',
]);

export interface ParsedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * The parts of a request as the route's schemas want them.
 *
 * @param maxBodyBytes a longer body is not read to its end
 * @throws `REQUEST_INVALID`, what {@link readJsonBody} throws
 */
export async function parseRequest(
  route: ApiRoute,
  request: Request,
  params: PathParams,
  maxBodyBytes: number,
): Promise<ParsedRequest> {
  return {
    params: await parsePart('path', route.params, params),
    query: await parsePart('query', route.query, queryOf(request.url)),
    body: await parsePart('body', route.body, hasBody(route) ? await readJsonBody(request, maxBodyBytes) : undefined),
  };
}

async function parsePart(part: RequestPart, schema: z.ZodType, value: unknown): Promise<unknown> {
  const result = await schema.safeParseAsync(value);
  if (!result.success) throw new RequestInvalidError(part, result.error.issues);
  return result.data;
}

/** A parameter that is there once is its text, one that is there several times the list of its texts. */
function queryOf(url: string): Readonly<Record<string, string | string[]>> {
  const { searchParams } = new URL(url);
  const names = [...new Set(searchParams.keys())].filter(
    (name) => !name.startsWith('$') && !APIARY_PARAMETERS.has(name),
  );
  return Object.fromEntries(
    names.map((name) => {
      const values = searchParams.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

function hasBody({ method }: ApiRoute): boolean {
  return method !== 'get' && method !== 'delete';
}
