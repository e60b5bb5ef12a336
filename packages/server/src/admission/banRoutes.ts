import { z } from '@hono/zod-openapi';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { projectParams } from '../http/projectParams.ts';
import { formatTimestamp, message, noBody } from '../http/protoJson.ts';
import type { Ban } from './bans.ts';
import type { BanService } from './banService.ts';

/** Longer than any address with its network. */
const ADDRESS_CHARACTERS = 100;

const banMessage = z
  .object({
    address: z.string().openapi({ description: 'An IPv4 address, or a /64 network of IPv6.' }),
    cause: z.enum(['PROTOCOL_GARBAGE', 'HANDSHAKE_FLOOD']),
    startTime: z.iso.datetime(),
    expireTime: z.iso.datetime(),
    refusedConnections: z.string().openapi({ format: 'uint64' }),
  })
  .openapi('Ban');

/** Addresses from which no device is let in for a while. */
export function banRoutes(bans: BanService, project: string): readonly ApiRoute[] {
  const params = projectParams(project);
  return [
    apiRoute({
      method: 'get',
      path: '/v1/projects/{project}/bans',
      operation: 'listBans',
      summary: 'Lists the addresses from which no device is let in at the moment.',
      permission: 'mkiot.bans.manage',
      params,
      query: message({}),
      body: noBody,
      result: z.object({ bans: z.array(banMessage) }),
      handle: async () => ({ bans: bans.list().map(banResource) }),
    }),
    apiRoute({
      method: 'post',
      path: '/v1/projects/{project}/bans:lift',
      operation: 'liftBan',
      summary: 'Lets an address in again before its ban ends by itself.',
      permission: 'mkiot.bans.manage',
      params,
      query: message({}),
      body: message({ address: z.string().max(ADDRESS_CHARACTERS) }),
      result: z.object({}),
      handle: ({ body, caller }) => bans.lift(body.address, caller.principal),
    }),
  ];
}

function banResource({ network, cause, sinceMs, untilMs, refused }: Ban): z.input<typeof banMessage> {
  return {
    address: network,
    cause,
    startTime: formatTimestamp(sinceMs),
    expireTime: formatTimestamp(untilMs),
    refusedConnections: String(refused),
  };
}
