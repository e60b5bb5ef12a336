import type { Permission } from '@mkiot/core/contract/permissions';
import type { z } from '@hono/zod-openapi';

/** The segments of a call's path by the names in the route's template: `project`, `registry`, `device`. */
export type PathParams = Readonly<Record<string, string>>;

/** Who calls the API, as the audit trail names them: `token:4711 (pump team)`, `local:root`. */
export interface Caller {
  readonly principal: string;
  /** Whether the caller may do this to what `params` names: a token may be good for one registry only. */
  allows(permission: Permission, params: PathParams): boolean;
  /** Wall clock after which the caller's rights end, milliseconds since 1970; undefined: never. */
  readonly endsAtMs?: number | undefined;
}

/** One call, after its parts have been checked against the route's schemas and the caller against its permission. */
export interface ApiRequest<Params, Query, Body, Who extends Caller = Caller> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Who;
  readonly remoteAddress: string;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

/**
 * One row of the API: what the HTTP server routes, the OpenAPI document describes and the permission tests walk through.
 * `handle` returns the JSON answer (undefined: `{}`), or a `ReadableStream<Uint8Array>` of newline-delimited JSON where
 * `streams` is set. It throws `MkiotError`s; the HTTP layer turns them into problem responses.
 *
 * Write `params` with `z.object`, `query` and `body` with `message` of `protoJson.ts`: members then come in snake_case or
 * camelCase, and an unknown one is refused. A GET or DELETE has no body: its schema is `noBody`.
 */
export interface ApiRoute<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
  Who extends Caller = Caller,
> {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** OpenAPI template with Google's verb suffix: `/v1/…/devices/{device}:sendCommandToDevice`. */
  readonly path: string;
  /** OpenAPI operation id: `sendCommandToDevice`. */
  readonly operation: string;
  readonly summary: string;
  /** `public`: no token needed. `authenticated`: any token will do. */
  readonly permission: Permission | 'public' | 'authenticated';
  /**
   * Who calls, on a route for those who have no API token; `params` are not checked yet. Throws an UNAUTHENTICATED
   * `MkiotError` for nobody. Absent: the API's own tokens are asked for.
   */
  readonly authenticate?: (headers: Headers, remoteAddress: string, params: PathParams) => Promise<Who>;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly result: Result;
  readonly streams?: boolean;
  handle(request: ApiRequest<z.output<Params>, z.output<Query>, z.output<Body>, Who>): Promise<unknown>;
}

/** Keeps the types of one row while the table's element type is erased. */
export function apiRoute<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
  Who extends Caller = Caller,
>(route: ApiRoute<P, Q, B, R, Who>): ApiRoute {
  return route;
}
