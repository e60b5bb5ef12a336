import { z } from '@hono/zod-openapi';
import type { CallerInfo } from '@mkiot/core/api/resources';
import { PERMISSIONS, type Role, ROLES } from '@mkiot/core/contract/permissions';
import type { RegistryName } from '@mkiot/core/contract/resourceNames';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { projectParams } from '../http/projectParams.ts';
import { formatTimestamp, message, noBody, timestamp } from '../http/protoJson.ts';
import type { SetupService } from './setupService.ts';
import type { IssuedToken, TokenService } from './tokenService.ts';
import type { TokenRecord } from './tokenStore.ts';

const role = z.enum(Object.keys(ROLES) as [Role, ...Role[]]);

const tokenShape = {
  id: z.string(),
  name: z.string(),
  role,
  registry: z.string().optional().openapi({ description: 'Name of the only registry it is good for.' }),
  createTime: z.iso.datetime(),
  expireTime: z.iso.datetime().optional(),
  lastUsedTime: z.iso.datetime().optional().openapi({ description: 'To the minute.' }),
};
const tokenMessage = z.object(tokenShape).openapi('ApiToken');
const issuedToken = z
  .object({ ...tokenShape, token: z.string().openapi({ description: 'The token itself, shown here once.' }) })
  .openapi('IssuedToken');

/** API tokens. `defaults` tells callers what short names mean here. */
export function tokenRoutes(tokens: TokenService, defaults: RegistryName): readonly ApiRoute[] {
  const params = projectParams(defaults.project);
  return [
    apiRoute({
      method: 'get',
      path: '/v1/whoami',
      operation: 'whoami',
      summary: 'Tells who calls, what they may do, and what short names mean here.',
      permission: 'authenticated',
      params: z.object({}),
      query: message({}),
      body: noBody,
      result: z.object({
        principal: z.string(),
        permissions: z.array(z.enum(PERMISSIONS)),
        project: z.string(),
        location: z.string(),
        registry: z.string(),
      }),
      handle: async ({ caller }): Promise<CallerInfo> => {
        const permissions = PERMISSIONS.filter((permission) => caller.allows(permission, { ...defaults }));
        return { principal: caller.principal, permissions, ...defaults };
      },
    }),
    apiRoute({
      method: 'post',
      path: '/v1/projects/{project}/tokens',
      operation: 'createToken',
      summary: 'Makes an API token with a role, and no more rights than its maker has.',
      permission: 'mkiot.tokens.manage',
      params,
      query: message({}),
      body: message({
        name: z.string(),
        role,
        registry: z.string().optional(),
        expireTime: timestamp().optional(),
      }),
      result: issuedToken,
      handle: async ({ body, caller }) => {
        const { expireTime: expiresAtMs, ...token } = body;
        return issuedTokenResource(await tokens.create({ ...token, expiresAtMs }, caller));
      },
    }),
    apiRoute({
      method: 'get',
      path: '/v1/projects/{project}/tokens',
      operation: 'listTokens',
      summary: 'Lists the API tokens, without their secrets.',
      permission: 'mkiot.tokens.manage',
      params,
      query: message({}),
      body: noBody,
      result: z.object({ tokens: z.array(tokenMessage) }),
      handle: async () => ({ tokens: (await tokens.list()).map(tokenResource) }),
    }),
    apiRoute({
      method: 'delete',
      path: '/v1/projects/{project}/tokens/{token}',
      operation: 'revokeToken',
      summary: 'Makes an API token worthless at once.',
      permission: 'mkiot.tokens.manage',
      params: params.extend({ token: z.string() }),
      query: message({}),
      body: noBody,
      result: z.object({}),
      handle: ({ params: { token }, caller }) => tokens.revoke(token, caller.principal),
    }),
  ];
}

/** The one-time set-up code. */
export function setupRoutes(setup: SetupService): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'post',
      path: '/v1/setup:exchange',
      operation: 'exchangeSetupCode',
      summary: "Trades the code of the set-up link, which works once, for an administrator's token.",
      permission: 'public',
      params: z.object({}),
      query: message({}),
      body: message({ code: z.string().max(200) }),
      result: issuedToken,
      handle: async ({ body, remoteAddress }) => issuedTokenResource(await setup.exchange(body.code, remoteAddress)),
    }),
    apiRoute({
      method: 'post',
      path: '/v1/setup:issue',
      operation: 'issueSetupCode',
      summary: 'Makes a new set-up code: the fragment of a link to /setup. The one before is worthless then.',
      permission: 'mkiot.tokens.manage',
      params: z.object({}),
      query: message({}),
      body: message({}),
      result: z.object({ code: z.string(), expireTime: z.iso.datetime() }),
      handle: async ({ caller }) => {
        const { code, expiresAtMs } = await setup.issue(caller.principal);
        return { code, expireTime: formatTimestamp(expiresAtMs) };
      },
    }),
  ];
}

function tokenResource({ id, name, role: tokenRole, registry, ...times }: TokenRecord): z.input<typeof tokenMessage> {
  return {
    id,
    name,
    role: tokenRole,
    registry,
    createTime: formatTimestamp(times.createdAtMs),
    expireTime: times.expiresAtMs === undefined ? undefined : formatTimestamp(times.expiresAtMs),
    lastUsedTime: times.lastUsedAtMs === undefined ? undefined : formatTimestamp(times.lastUsedAtMs),
  };
}

function issuedTokenResource({ record, text }: IssuedToken): z.input<typeof issuedToken> {
  return { ...tokenResource(record), token: text };
}
