import { OpenAPIHono } from '@hono/zod-openapi';
import { toHex } from '@mkiot/core/bytes/bytes';
import type { Permission } from '@mkiot/core/contract/permissions';
import type { RandomFill } from '@mkiot/core/crypto/signatures';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import type { Registry as MetricsRegistry } from 'prom-client';
import type { ApiRoute, Caller, PathParams } from './apiRoute.ts';
import { healthAnswer, type HealthProblem } from './health.ts';
import { httpError } from './httpErrors.ts';
import { isLoopback } from './loopback.ts';
import { openApiDocument } from './openApiDocument.ts';
import { addPages, type Page } from './pages.ts';
import { parseRequest } from './parseRequest.ts';
import { internalProblem, isForCaller, type Problem, problemOf } from './problem.ts';
import { retryAfterHeader } from './retryAfter.ts';
import { pathParams, routedPath, routedTemplate } from './routePath.ts';

/** What a listener tells of a request's connection. */
export interface Connection {
  /** Empty on a unix socket. */
  readonly remoteAddress: string;
  /** Set where the connection itself says who calls; then no token is looked at. */
  readonly caller?: Caller | undefined;
}

export interface ApiOptions {
  /** Who calls, by the request's headers. Throws an UNAUTHENTICATED `MkiotError` for nobody. */
  authenticate(headers: Headers, remoteAddress: string): Promise<Caller>;
  readonly logger: Pick<Logger, 'error'>;
  readonly randomFill: RandomFill;
  /** Of MkIoT, for the OpenAPI document. */
  readonly version: string;
  /** What is wrong at the moment; `/healthz` tells it. */
  health(): readonly HealthProblem[];
  /** Served at `/metrics` on this machine and to administrators; absent: not served. */
  readonly metrics?: MetricsRegistry | undefined;
  readonly pages?: readonly Page[];
  readonly maxBodyBytes?: number;
}

/** hono's app; a listener hands it each request with its {@link Connection}. */
export type Api = OpenAPIHono<ApiEnvironment>;
/** What a listener hands with each request. */
export type ApiEnvironment = { Bindings: Connection };
type ApiContext = Context<ApiEnvironment>;

/** Room for the largest device: 256 KiB of metadata, each byte at worst six characters of JSON, and its config. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Nobody has said who they are there. */
const MAX_PUBLIC_BODY_BYTES = 16 * 1024;

/** Of a JSON API, nothing is ever shown as a page, framed, cached or sniffed. No HSTS: it would capture port 8080 too. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

const ANONYMOUS: Caller = { principal: 'anonymous', allows: () => false };

/**
 * The HTTP API of a table of routes: each call is authenticated (401), checked against its route's permission (403),
 * parsed (400) and handled, in that order. Beside the routes: `/openapi.json`, `/healthz`, `/metrics` and the pages.
 */
export function createApi(routes: readonly ApiRoute[], options: ApiOptions): Api {
  const app: Api = new OpenAPIHono<ApiEnvironment>({ getPath: (request) => routedPath(request.url) });
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
    await next();
  });
  for (const route of routes) addRoute(app, route, options);
  addPages(app, options.pages ?? []);
  addOwnRoutes(app, openApiDocument(routes, options.version), options);

  app.notFound((context) => answer(context, problemOf(httpError('ROUTE_NOT_FOUND', { method: context.req.method }))));
  app.onError((error, context) => {
    if (error instanceof Error && isForCaller(error)) {
      if (error.status === 'UNAUTHENTICATED') context.header('www-authenticate', 'Bearer');
      const retryAfter = retryAfterHeader(error);
      if (retryAfter !== undefined) context.header('retry-after', retryAfter);
      return answer(context, problemOf(error));
    }
    const errorId = toHex(options.randomFill(new Uint8Array(8)));
    options.logger.error({ err: error, errorId, method: context.req.method, path: context.req.path }, 'a call failed');
    return answer(context, internalProblem(errorId));
  });
  return app;
}

function addRoute(app: Api, route: ApiRoute, options: ApiOptions): void {
  const template = routedTemplate(route.path);
  app.on(route.method, template, async (context) => {
    const { permission } = route;
    const params = pathParams(template, context.req.path);
    const caller = await callerOfRoute(route, context, params, options);
    if (permission !== 'public' && permission !== 'authenticated') requirePermission(caller, permission, params);
    const request = context.req.raw;
    const maxBodyBytes = permission === 'public' ? MAX_PUBLIC_BODY_BYTES : (options.maxBodyBytes ?? MAX_BODY_BYTES);
    const parsed = await parseRequest(route, request, params, maxBodyBytes);
    const { remoteAddress } = context.env;
    const result = await route.handle({ ...parsed, caller, remoteAddress, signal: request.signal });
    return result instanceof ReadableStream
      ? context.body(result, 200, { 'content-type': 'application/x-ndjson' })
      : context.json(result ?? {});
  });
}

function addOwnRoutes(app: Api, document: object, options: ApiOptions): void {
  app.get('/openapi.json', (context) => context.json(document));
  app.get('/healthz', (context) => {
    const { http, body } = healthAnswer(options.health());
    return context.json(body, http);
  });
  const { metrics } = options;
  if (metrics === undefined) return;
  app.get('/metrics', async (context) => {
    if (!isLoopback(context.env.remoteAddress)) {
      requirePermission(await callerOf(context, options), 'mkiot.metrics.read', {});
    }
    return context.body(await metrics.metrics(), 200, { 'content-type': metrics.contentType });
  });
}

async function callerOfRoute(
  { permission, authenticate }: ApiRoute,
  context: ApiContext,
  params: PathParams,
  options: ApiOptions,
): Promise<Caller> {
  const { caller, remoteAddress } = context.env;
  // Whoever the connection says it is: a route with its own callers knows only them.
  if (authenticate !== undefined) return authenticate(context.req.raw.headers, remoteAddress, params);
  return permission === 'public' ? (caller ?? ANONYMOUS) : callerOf(context, options);
}

async function callerOf(context: ApiContext, options: ApiOptions): Promise<Caller> {
  const { caller, remoteAddress } = context.env;
  return caller ?? options.authenticate(context.req.raw.headers, remoteAddress);
}

function requirePermission(caller: Caller, permission: Permission, params: PathParams): void {
  if (!caller.allows(permission, params)) throw httpError('PERMISSION_MISSING', { permission });
}

function answer(context: ApiContext, { http, body }: Problem): Response {
  return context.json(body, http as ContentfulStatusCode);
}
