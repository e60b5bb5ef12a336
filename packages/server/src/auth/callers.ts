import { roleAllows } from '@mkiot/core/contract/permissions';
import { formatRegistryName } from '@mkiot/core/contract/resourceNames';
import type { Caller, PathParams } from '../http/apiRoute.ts';
import type { TokenRecord } from './tokenStore.ts';

/** Who calls with a token: what its role allows, and only in its registry where it has one. */
export function tokenCaller({ id, name, role, registry, expiresAtMs }: TokenRecord): Caller {
  return {
    principal: `token:${id} (${name})`,
    allows: (permission, params) =>
      roleAllows(role, permission) && (registry === undefined || registry === registryOf(params)),
    endsAtMs: expiresAtMs,
  };
}

/** Who calls through the admin socket, which only the server's own user can open. */
export function localAdmin(userName: string): Caller {
  return { principal: `local:${userName}`, allows: (permission) => roleAllows('admin', permission) };
}

function registryOf({ project, location, registry }: PathParams): string | undefined {
  if (project === undefined || location === undefined || registry === undefined) return undefined;
  return formatRegistryName({ project, location, registry });
}
