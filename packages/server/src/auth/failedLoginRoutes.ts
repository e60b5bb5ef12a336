import { z } from '@hono/zod-openapi';
import type { FailedLogin } from '@mkiot/core/api/resources';
import { LIMITS } from '@mkiot/core/contract/limits';
import { apiRoute, type ApiRoute } from '../http/apiRoute.ts';
import { projectParams } from '../http/projectParams.ts';
import { formatTimestamp, int32, message, noBody } from '../http/protoJson.ts';
import type { DeviceService } from '../registry/deviceService.ts';
import { authError } from './authErrors.ts';
import type { FailedLogins } from './failedLogins.ts';
import type { FailedLoginPlace, FailedLoginRecord } from './failedLoginStore.ts';

const DEVICE = '/v1/projects/{project}/locations/{location}/registries/{registry}/devices/{device}';
const deviceParams = z.object({ project: z.string(), location: z.string(), registry: z.string(), device: z.string() });

const query = message({ pageSize: int32({ min: 0 }).default(0), pageToken: z.string().default('') });

const result = z.object({
  failedLogins: z.array(
    z
      .object({
        device: z.string().optional().openapi({ description: 'The name that was claimed. Anybody can claim any.' }),
        deviceNumId: z.string().optional().openapi({ description: 'Absent: there is no such device.' }),
        remoteAddress: z.string(),
        code: z.string(),
        message: z.string(),
        count: z.string().openapi({ format: 'uint64' }),
        firstTime: z.iso.datetime(),
        lastTime: z.iso.datetime(),
      })
      .openapi('FailedLogin'),
  ),
  nextPageToken: z.string().optional(),
});

export interface FailedLoginRouteParts {
  readonly failedLogins: FailedLogins;
  readonly devices: Pick<DeviceService, 'get'>;
  readonly project: string;
}

/** Refused logins of devices, newest first: of one device, and of all with those that name no device of ours. */
export function failedLoginRoutes({ failedLogins, devices, project }: FailedLoginRouteParts): readonly ApiRoute[] {
  const page = async ({ pageSize, pageToken }: z.output<typeof query>, numId?: number) => {
    const size = pageSize === 0 ? LIMITS.listPage : Math.min(pageSize, LIMITS.listPage);
    const found = await failedLogins.list(size + 1, placeOf(pageToken), numId);
    const shown = found.slice(0, size);
    const last = found.length > size ? shown.at(-1) : undefined;
    return { failedLogins: shown.map(resourceOf), ...(last && { nextPageToken: `${last.lastAtMs}-${last.id}` }) };
  };
  return [
    apiRoute({
      method: 'get',
      path: `${DEVICE}/failedLogins`,
      operation: 'listDeviceFailedLogins',
      summary: 'Lists refused logins under the name of a device, newest first, with their causes.',
      permission: 'cloudiot.devices.get',
      params: deviceParams,
      query,
      body: noBody,
      result,
      handle: async ({ params, query }) => page(query, (await devices.get(params)).numId),
    }),
    apiRoute({
      method: 'get',
      path: '/v1/projects/{project}/failedLogins',
      operation: 'listFailedLogins',
      summary: 'Lists refused logins of all devices and of those that do not exist, newest first, with their causes.',
      permission: 'mkiot.failedLogins.read',
      params: projectParams(project),
      query,
      body: noBody,
      result,
      handle: ({ query }) => page(query),
    }),
  ];
}

function placeOf(pageToken: string): FailedLoginPlace | undefined {
  if (pageToken === '') return undefined;
  const [, lastAtMs, id] = /^([0-9]{1,15})-([0-9]{1,15})$/.exec(pageToken) ?? [];
  if (lastAtMs === undefined || id === undefined) throw authError('FAILED_LOGIN_PAGE_TOKEN_MALFORMED');
  return { lastAtMs: Number(lastAtMs), id: Number(id) };
}

function resourceOf({ device, numId, ...login }: FailedLoginRecord): FailedLogin {
  return {
    ...(device === undefined ? {} : { device }),
    ...(numId === undefined ? {} : { deviceNumId: String(numId) }),
    remoteAddress: login.address,
    code: login.code,
    message: login.message,
    count: String(login.count),
    firstTime: formatTimestamp(login.firstAtMs),
    lastTime: formatTimestamp(login.lastAtMs),
  };
}
