import type { z } from '@hono/zod-openapi';
import { utf8Decode } from '@mkiot/core/bytes/bytes';
import type { ApiRoute, PathParams } from './apiRoute.ts';
import { httpError } from './httpErrors.ts';
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
 * @throws `REQUEST_INVALID`, `BODY_NOT_JSON`, `BODY_TOO_LARGE`
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
    body: await parsePart('body', route.body, await readBody(route, request, maxBodyBytes)),
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

/** An empty body is an empty message, as Google's front end has it. */
async function readBody(route: ApiRoute, request: Request, maxBytes: number): Promise<unknown> {
  if (route.method === 'get' || route.method === 'delete') return undefined;
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(utf8Decode(bytes)) as unknown;
  } catch {
    // The cause would quote the body, which may hold a secret.
    throw httpError('BODY_NOT_JSON');
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => httpError('BODY_TOO_LARGE', { max: maxBytes });
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
